using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Concurrency;

namespace Ingestion.Tests.Conformance.Timers;

public interface ITimerGrain : IGrainWithStringKey
{
    /// <summary>Registers a timer that journals its name at every tick.</summary>
    Task StartAsync(string name, TimeSpan dueTime, TimeSpan period, bool interleave = false);

    Task StartHeldAsync(string name);

    Task StartFailingAsync(string name);

    Task ChangeAsync(string name, TimeSpan dueTime, TimeSpan period);

    Task DisposeAsync(string name);

    Task HoldAsync();

    [AlwaysInterleave]
    Task PingAsync();

    Task LeaveAsync();
}

internal sealed class TimerGrain(Probe probe) : Grain, ITimerGrain
{
    private readonly Dictionary<string, IGrainTimer> _timers = [];
    private bool _leaving;

    private string Key => this.GetPrimaryKeyString();

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _leaving = true;
        probe.Record(Key, "leaving");
        await probe.GateAsync(Key + "leave").WaitAsync(cancellationToken);
    }

    public Task StartAsync(string name, TimeSpan dueTime, TimeSpan period, bool interleave = false)
    {
        var scheduler = TaskScheduler.Current;
        _timers[name] = this.RegisterGrainTimer(async _ =>
        {
            probe.Record(Key, _leaving ? $"{name} after the end" : name);
            if (!ReferenceEquals(scheduler, TaskScheduler.Current)) probe.Record(Key, "stray");
            await Task.Yield();
            if (!ReferenceEquals(scheduler, TaskScheduler.Current)) probe.Record(Key, "stray");
        }, new GrainTimerCreationOptions(dueTime, period) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task StartHeldAsync(string name)
    {
        _timers[name] = this.RegisterGrainTimer<string>(async (state, _) =>
        {
            probe.Record(Key, $"{state} starts");
            await probe.GateAsync(Key + state);
            probe.Record(Key, $"{state} ends");
        }, name, new GrainTimerCreationOptions(TimeSpan.Zero, TimeSpan.FromMilliseconds(10)));
        return Task.CompletedTask;
    }

    public Task StartFailingAsync(string name)
    {
        _timers[name] = this.RegisterGrainTimer(_ =>
        {
            probe.Record(Key, name);
            throw new InvalidOperationException("a tick failed");
        }, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
        return Task.CompletedTask;
    }

    public Task ChangeAsync(string name, TimeSpan dueTime, TimeSpan period)
    {
        _timers[name].Change(dueTime, period);
        return Task.CompletedTask;
    }

    public Task DisposeAsync(string name)
    {
        _timers[name].Dispose();
        probe.Record(Key, $"{name} disposed");
        return Task.CompletedTask;
    }

    public Task HoldAsync()
    {
        probe.Record(Key, "held");
        return probe.GateAsync(Key);
    }

    public Task PingAsync() => Task.CompletedTask;

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
