using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Placement;

namespace Ingestion.Tests.Conformance.Activation;

public interface IActivationGrain : IGrainWithStringKey
{
    /// <summary>The same for all calls that one activation serves.</summary>
    Task<Guid> IdAsync();

    Task<SiloAddress> WhereAsync();

    /// <summary>Deactivates in the middle of the call, which goes on after that.</summary>
    Task<Guid> DeactivateAsync();
}

public interface ISecondFaceGrain : IGrainWithStringKey
{
    Task<Guid> OtherIdAsync();
}

[RandomPlacement]
internal sealed class ActivationGrain(Probe probe, ILocalSiloDetails silo) : Grain, IActivationGrain, ISecondFaceGrain
{
    private readonly Guid _id = Guid.NewGuid();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), "activating");
        await Task.Yield();
        probe.Record(this.GetPrimaryKeyString(), "activated");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), $"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task<Guid> IdAsync()
    {
        probe.Record(this.GetPrimaryKeyString(), "call");
        return Task.FromResult(_id);
    }

    public Task<Guid> OtherIdAsync() => Task.FromResult(_id);

    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public async Task<Guid> DeactivateAsync()
    {
        DeactivateOnIdle();
        await Task.Yield();
        probe.Record(this.GetPrimaryKeyString(), "call completed");
        return _id;
    }
}
