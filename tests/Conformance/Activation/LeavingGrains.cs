using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Placement;

namespace Ingestion.Tests.Conformance.Activation;

public interface ISlowToLeaveGrain : IGrainWithStringKey
{
    Task<Guid> IdAsync();

    Task<Guid> LeaveAsync();
}

internal sealed class SlowToLeaveGrain(Probe probe) : Grain, ISlowToLeaveGrain
{
    private readonly Guid _id = Guid.NewGuid();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), "activated");
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), "leaving");
        await probe.GateAsync(this.GetPrimaryKeyString()).WaitAsync(cancellationToken);
        probe.Record(this.GetPrimaryKeyString(), "left");
    }

    public Task<Guid> IdAsync() => Task.FromResult(_id);

    public Task<Guid> LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.FromResult(_id);
    }
}

public interface ISettledGrain : IGrainWithStringKey
{
    Task CallAsync();

    Task LeaveAsync();
}

[PreferLocalPlacement]
internal sealed class SettledGrain(Probe probe) : Grain, ISettledGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), "activated");
        return Task.CompletedTask;
    }

    public Task CallAsync()
    {
        probe.Record(this.GetPrimaryKeyString(), "call");
        return Task.CompletedTask;
    }

    public Task LeaveAsync()
    {
        probe.Record(this.GetPrimaryKeyString(), "leave");
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface IFailsToStartGrain : IGrainWithStringKey
{
    Task<Guid> IdAsync();
}

/// <summary>The first two starts fail.</summary>
internal sealed class FailsToStartGrain(Probe probe) : Grain, IFailsToStartGrain
{
    private readonly Guid _id = Guid.NewGuid();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        probe.Record(this.GetPrimaryKeyString(), "start");
        var start = probe.Count(this.GetPrimaryKeyString(), "start");
        if (start <= 2) throw new InvalidOperationException($"start {start}");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), "left");
        return Task.CompletedTask;
    }

    public Task<Guid> IdAsync() => Task.FromResult(_id);
}

public interface IFailsToLeaveGrain : IGrainWithStringKey
{
    Task<Guid> IdAsync();

    Task<Guid> LeaveAsync();
}

internal sealed class FailsToLeaveGrain(Probe probe) : Grain, IFailsToLeaveGrain
{
    private readonly Guid _id = Guid.NewGuid();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), "left");
        throw new InvalidOperationException("leaving failed");
    }

    public Task<Guid> IdAsync() => Task.FromResult(_id);

    public Task<Guid> LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.FromResult(_id);
    }
}
