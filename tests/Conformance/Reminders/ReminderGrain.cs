using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Placement;

namespace Ingestion.Tests.Conformance.Reminders;

public interface IReminderGrain : IGrainWithStringKey
{
    Task<string> RegisterAsync(string name, TimeSpan dueTime, TimeSpan period);

    Task<string?> GetAsync(string name);

    Task<string[]> GetAllAsync();

    Task UnregisterAsync(string name);

    Task<SiloAddress> WhereAsync();

    Task LeaveAsync();
}

[RandomPlacement]
internal sealed class ReminderGrain(Probe probe, ILocalSiloDetails silo) : Grain, IReminderGrain, IRemindable
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), "activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), "deactivated");
        return Task.CompletedTask;
    }

    public async Task<string> RegisterAsync(string name, TimeSpan dueTime, TimeSpan period) =>
        (await this.RegisterOrUpdateReminder(name, dueTime, period)).ReminderName;

    public async Task<string?> GetAsync(string name) => (await this.GetReminder(name))?.ReminderName;

    public async Task<string[]> GetAllAsync() => [.. (await this.GetReminders()).Select(r => r.ReminderName).Order(StringComparer.Ordinal)];

    public async Task UnregisterAsync(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        probe.Record(this.GetPrimaryKeyString(), $"{reminderName} every {status.Period.TotalMilliseconds:0} ms");
        return Task.CompletedTask;
    }
}
