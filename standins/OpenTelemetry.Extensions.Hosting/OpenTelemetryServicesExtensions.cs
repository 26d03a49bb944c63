using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds OpenTelemetry to a host.</summary>
public static class OpenTelemetryServicesExtensions
{
    /// <summary>Adds the SDK, once however often it is called; each call may configure more of it.</summary>
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        // First of all hosted services, also of those registered before: what they do while they start is seen.
        if (!services.Any(service => service.ImplementationType == typeof(ProviderStart)))
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, ProviderStart>());
        return new OpenTelemetryBuilder(services);
    }
}
