using Ingestion.Api.Auth;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>Registers direct uploads.</summary>
internal static class DirectRegistration
{
    public static IServiceCollection AddDirectUploads(this IServiceCollection services)
    {
        services.AddOptions<DirectUploadOptions>().BindConfiguration("Ingestion:DirectUploads").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new PartSigner(SigningKey.Load(
            provider.GetRequiredService<IOptions<TokenOptions>>().Value, mayCreate: provider.GetRequiredService<IHostEnvironment>().IsDevelopment())));
        services.AddSingleton<OpenDirectUploads>();
        services.AddSingleton<DirectCreator>();
        services.AddSingleton<DirectCompletion>();
        services.AddSingleton<PartAddresses>();
        return services.AddSingleton<SignedParts>();
    }
}
