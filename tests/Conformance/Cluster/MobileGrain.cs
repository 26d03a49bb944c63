using Ingestion.Tests.Conformance.Infrastructure;
using Ingestion.Tests.Conformance.Storage;
using Orleans.Placement;

namespace Ingestion.Tests.Conformance.Cluster;

public interface IMobileGrain : IGrainWithStringKey
{
    Task WriteAsync(string text);

    Task<string> ReadAsync();

    Task<SiloAddress> WhereAsync();

    Task HoldAsync();
}

/// <summary>Keeps its state in the storage that outlives silos.</summary>
[RandomPlacement]
internal sealed class MobileGrain(
    Probe probe, ILocalSiloDetails silo, [PersistentState("mobile", ProbedCluster.DurableStorage)] IPersistentState<Note> state) : Grain, IMobileGrain
{
    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Record(Key, "activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Record(Key, $"deactivated {reason.ReasonCode}{(cancellationToken.IsCancellationRequested ? " in a hurry" : "")}");
        return Task.CompletedTask;
    }

    public Task WriteAsync(string text)
    {
        state.State = new Note(text, state.State.Revision + 1);
        return state.WriteStateAsync();
    }

    public Task<string> ReadAsync() => Task.FromResult(state.State.Text);

    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public Task HoldAsync()
    {
        probe.Record(Key, "held");
        return probe.GateAsync(Key);
    }
}
