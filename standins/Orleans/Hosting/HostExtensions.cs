using Orleans.Hosting;
using Orleans.Runtime;

namespace Microsoft.Extensions.Hosting;

public static class OrleansSiloGenericHostExtensions
{
    /// <summary>Makes the host a silo. Called again, it configures the same silo further.</summary>
    public static IHostApplicationBuilder UseOrleans(this IHostApplicationBuilder hostAppBuilder, Action<ISiloBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(hostAppBuilder);
        ArgumentNullException.ThrowIfNull(configureDelegate);
        configureDelegate(SiloServices.Add(hostAppBuilder.Services));
        return hostAppBuilder;
    }

    public static HostApplicationBuilder UseOrleans(this HostApplicationBuilder hostAppBuilder, Action<ISiloBuilder> configureDelegate)
    {
        ((IHostApplicationBuilder)hostAppBuilder).UseOrleans(configureDelegate);
        return hostAppBuilder;
    }
}

internal static class OrleansClientGenericHostExtensions
{
    /// <summary>Makes the host an outside client. It finds its cluster in the process: only TestingHost gives it one.</summary>
    public static IHostApplicationBuilder UseOrleansClient(this IHostApplicationBuilder hostAppBuilder, Action<IClientBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(hostAppBuilder);
        ArgumentNullException.ThrowIfNull(configureDelegate);
        configureDelegate(ClientServices.Add(hostAppBuilder.Services));
        return hostAppBuilder;
    }
}
