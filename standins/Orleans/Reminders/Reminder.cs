namespace Orleans.Runtime;

/// <summary>One reminder: calls its grain at each tick, from any silo that is alive.</summary>
internal sealed class Reminder(Cluster cluster, TimeProvider time, GrainId grain, string name, TimeSpan dueTime, TimeSpan period) : IGrainReminder, IDisposable
{
    private ITimer? _timer;

    public (GrainId Grain, string Name) Key => (grain, name);

    public string ReminderName => name;

    public void Start() => _timer = time.CreateDetachedTimer(static self => _ = ((Reminder)self!).Tick(), this, dueTime, period);

    public void Dispose() => _timer?.Dispose();

    private async Task Tick()
    {
        // With no silo alive the tick is missed, as in a cluster that is down.
        if (cluster.Silos.FirstOrDefault(silo => silo.AcceptsActivations) is not { } silo)
            return;

        try
        {
            var target = (IRemindable)(object)silo.Client.References.Create(grain, typeof(IRemindable));
            await target.ReceiveReminder(name, new TickStatus(period));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Log.ReminderFailed(silo.Client.Logger, grain, name, failure);
        }
    }
}
