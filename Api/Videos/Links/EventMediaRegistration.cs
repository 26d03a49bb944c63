using Ingestion.Api.Auth;
using Ingestion.Videos;
using Microsoft.Extensions.Configuration;

namespace Ingestion.Api.Videos.Links;

/// <summary>What signs the addresses of events: in every silo, as any may send webhooks.</summary>
public static class EventMediaRegistration
{
    /// <summary>For a silo that has no edge. Without the key of tokens its webhooks have no such addresses.</summary>
    public static IServiceCollection AddEventMediaAlone(this IServiceCollection services, IConfiguration configuration)
    {
        var tokens = configuration.GetSection("Ingestion:Token").Get<TokenOptions>() ?? new TokenOptions();
        return SigningKey.Exists(tokens)
            ? services.AddTokenKeys().AddEventMedia()
            : services;
    }

    internal static IServiceCollection AddEventMedia(this IServiceCollection services)
    {
        services.AddOptions<MediaLinkOptions>().BindConfiguration("Ingestion:Links").ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<LinkSigner>().AddSingleton<MediaLinks>().AddSingleton<OwnerMedia>()
            .AddSingleton<IMediaAddresses>(provider => provider.GetRequiredService<OwnerMedia>());
    }
}
