using Ingestion.Api.Auth;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>Registers direct uploads.</summary>
internal static class DirectRegistration
{
    public static IServiceCollection AddDirectUploads(this IServiceCollection services)
    {
        services.AddOptions<DirectUploadOptions>().BindConfiguration("Ingestion:DirectUploads").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new PartSigner(provider.GetRequiredService<TokenKeys>()));
        services.AddSingleton<OpenDirectUploads>();
        services.AddSingleton<DirectCreator>();
        services.AddSingleton<DirectCompletion>();
        services.AddSingleton<PartAddresses>();
        return services.AddSingleton<SignedParts>();
    }
}
