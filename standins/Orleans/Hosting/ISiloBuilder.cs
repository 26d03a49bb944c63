using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Hosting;

/// <summary>Configures a silo.</summary>
public interface ISiloBuilder
{
    IServiceCollection Services { get; }
}

/// <summary>Configures an outside client.</summary>
public interface IClientBuilder
{
    internal IServiceCollection Services { get; }
}

internal sealed record SiloBuilder(IServiceCollection Services) : ISiloBuilder;

internal sealed record ClientBuilder(IServiceCollection Services) : IClientBuilder;
