using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>One silo: a host's part of the cluster.</summary>
public sealed class Silo : ILocalSiloDetails, IDisposable
{
    private readonly SiloLifecycle _lifecycle;
    private IdleCollector? _collector;
    private volatile bool _isClosing;

    internal Silo(Cluster cluster, IServiceProvider services)
    {
        Services = services;
        var endpoints = services.GetRequiredService<IOptions<EndpointOptions>>().Value;
        SiloAddress = SiloAddress.New(new System.Net.IPEndPoint(endpoints.AdvertisedIPAddress, endpoints.SiloPort), SiloAddress.AllocateNewGeneration());
        Name = services.GetRequiredService<IOptions<SiloOptions>>().Value.SiloName ?? $"Silo_{SiloAddress.GetConsistentHashCode():x8}";
        ClusterId = services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId;
        Collection = services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        Client = new RuntimeClient(cluster, services, $"{Name}@{SiloAddress.Generation}", isSilo: true) { Silo = this };
        Catalog = new ActivationCatalog(this);
        _lifecycle = services.GetRequiredService<SiloLifecycle>();
    }

    public SiloAddress SiloAddress { get; }

    public string Name { get; }

    public string ClusterId { get; }

    internal IServiceProvider Services { get; }

    internal RuntimeClient Client { get; }

    internal ActivationCatalog Catalog { get; }

    internal GrainCollectionOptions Collection { get; }

    internal IdleCollector Collector => _collector ?? throw new InvalidOperationException($"{Name} has not started.");

    internal bool AcceptsActivations => !_isClosing && !Client.IsStopped;

    /// <summary>For the host's services: a silo that was not stopped dies.</summary>
    public void Dispose() => Kill();

    internal async Task Start(CancellationToken cancellationToken)
    {
        Client.Cluster.Join(Client);
        SetStatus(SiloStatus.Joining);
        _collector = new IdleCollector(this, Collection);
        _lifecycle.Subscribe("Membership", ServiceLifecycleStage.BecomeActive, Become(SiloStatus.Active), Become(SiloStatus.ShuttingDown));
        _lifecycle.Subscribe("Catalog", ServiceLifecycleStage.GrainDeactivation, _ => Task.CompletedTask, DeactivateAll);
        foreach (var participant in Services.GetServices<ILifecycleParticipant<ISiloLifecycle>>())
            participant.Participate(_lifecycle);

        await _lifecycle.OnStart(cancellationToken);
    }

    internal async Task Stop(CancellationToken cancellationToken)
    {
        if (Client.IsStopped)
            return;

        try
        {
            await _lifecycle.OnStop(cancellationToken);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Dies: nothing is said to the grains, nothing more runs, whoever waits gets an exception.</summary>
    internal void Kill()
    {
        if (!Client.IsStopped)
            End();
    }

    private void End()
    {
        _isClosing = true;
        SetStatus(SiloStatus.Dead);
        _collector?.Dispose();
        foreach (var service in Client.Cluster.SystemTargets.Values.Where(target => target.Client == Client))
            service.Abandon();
        Catalog.AbandonAll();
        Client.Dispose();
        // Once more, for one that slipped in while the first pass ran.
        Catalog.AbandonAll();
    }

    private Func<CancellationToken, Task> Become(SiloStatus status) => _ =>
    {
        SetStatus(status);
        return Task.CompletedTask;
    };

    private async Task DeactivateAll(CancellationToken cancellationToken)
    {
        _isClosing = true;
        await Catalog.DeactivateAll(new(DeactivationReasonCode.ShuttingDown, "This process is terminating."), cancellationToken);
    }

    private void SetStatus(SiloStatus status)
    {
        Log.SiloStatusChanged(Client.Logger, SiloAddress, status);
        Client.Cluster.Membership.Update(new(SiloAddress, status, Name));
    }
}
