using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Backends.Media;

/// <summary>Registers what looks into media.</summary>
public static class MediaRegistration
{
    /// <summary>Signatures of containers.</summary>
    public static IServiceCollection AddContainerSniffer(this IServiceCollection services) => services.AddSingleton<IContainerSniffer, ContainerSniffer>();
}
