using Ingestion.Tests.Conformance.Infrastructure;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Ingestion.Tests.Conformance.Services;

public interface IWhereService : IGrainService
{
    Task<SiloAddress> WhereAsync(string question);

    /// <summary>A grain service can call grains.</summary>
    Task<SiloAddress> AskGrainAsync(string key);
}

internal sealed class WhereService(GrainId id, Silo silo, ILoggerFactory logs, Probe probe, ILocalSiloDetails details, IGrainFactory grains)
    : GrainService(id, silo, logs), IWhereService
{
    private int _inside;

    public override Task Init(IServiceProvider serviceProvider)
    {
        probe.Record(details.Name, "grain service inits");
        return base.Init(serviceProvider);
    }

    public override Task Start()
    {
        probe.Record(details.Name, "grain service starts");
        return base.Start();
    }

    public override Task Stop()
    {
        probe.Record(details.Name, "grain service stops");
        return base.Stop();
    }

    public Task<SiloAddress> WhereAsync(string question)
    {
        if (Interlocked.Increment(ref _inside) != 1) probe.Record(details.Name, "grain service turns overlap");
        probe.Record(details.Name, $"asked {question}");
        Interlocked.Decrement(ref _inside);
        return Task.FromResult(details.SiloAddress);
    }

    public Task<SiloAddress> AskGrainAsync(string key) => grains.GetGrain<IAskingGrain>(key).WhereAsync();
}

public interface IWhereServiceClient : IGrainServiceClient<IWhereService>
{
    IWhereService On(SiloAddress silo);
}

internal sealed class WhereServiceClient(IServiceProvider services) : GrainServiceClient<IWhereService>(services), IWhereServiceClient
{
    public IWhereService On(SiloAddress silo) => GetGrainService(silo);
}

public interface IAskingGrain : IGrainWithStringKey
{
    Task<SiloAddress> AskAsync(SiloAddress silo);

    Task<SiloAddress> WhereAsync();
}

internal sealed class AskingGrain(IWhereServiceClient client, ILocalSiloDetails silo) : Grain, IAskingGrain
{
    public Task<SiloAddress> AskAsync(SiloAddress silo) => client.On(silo).WhereAsync(this.GetPrimaryKeyString());

    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);
}

/// <summary>Takes part in the silo's life cycle at two stages.</summary>
internal sealed class Participant(Probe probe, ILocalSiloDetails details) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle)
    {
        Subscribe(lifecycle, "early", ServiceLifecycleStage.RuntimeServices);
        Subscribe(lifecycle, "late", ServiceLifecycleStage.Last);
    }

    private void Subscribe(ISiloLifecycle lifecycle, string name, int stage) => lifecycle.Subscribe(
        nameof(Participant), stage, _ => RecordAsync($"{name} start"), _ => RecordAsync($"{name} stop"));

    private Task RecordAsync(string entry)
    {
        probe.Record(details.Name, entry);
        return Task.CompletedTask;
    }
}

/// <summary>Journals activations as they come and go, under the key of the grain.</summary>
internal sealed class ActivationWatcher(Probe probe) : IActivationWorkingSetObserver
{
    public void OnAdded(IActivationWorkingSetMember member) => Record(member, "added");

    public void OnDeactivating(IActivationWorkingSetMember member) => Record(member, "deactivating");

    public void OnDeactivated(IActivationWorkingSetMember member) => Record(member, "deactivated");

    private void Record(IActivationWorkingSetMember member, string what)
    {
        if (member is IGrainContext { GrainId: var id }) probe.Record($"watched {id.Key}", what);
    }
}
