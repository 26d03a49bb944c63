using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ingestion.Api.Stopping;

/// <summary>
/// The web server, whose stop ends with <see cref="SiloStop.Over"/>: what is connected then is cut off. The server itself would wait for its peers as long as
/// the whole host may take, and from the begin of its stop nothing that hangs on its heartbeat bounds them.
/// </summary>
internal sealed class EndableServer(IServer server, SiloStop stop) : IServer
{
    public IFeatureCollection Features => server.Features;

    /// <summary>Puts itself before the server that <paramref name="services"/> have, if they have one.</summary>
    public static void Wrap(IServiceCollection services)
    {
        if (services.LastOrDefault(service => service.ServiceType == typeof(IServer))?.ImplementationType is not { } type)
            return;
        services.Replace(ServiceDescriptor.Singleton<IServer>(provider =>
            new EndableServer((IServer)ActivatorUtilities.CreateInstance(provider, type), provider.GetRequiredService<SiloStop>())));
    }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull =>
        server.StartAsync(application, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Over);
        await server.StopAsync(end.Token);
    }

    public void Dispose() => server.Dispose();
}
