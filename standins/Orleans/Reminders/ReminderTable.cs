using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>The reminders of the cluster. They outlive its silos, not its process.</summary>
internal sealed class ReminderTable : IDisposable
{
    private readonly ConcurrentDictionary<(GrainId Grain, string Name), Reminder> _reminders = new();

    public void Put(Reminder reminder)
    {
        _reminders.AddOrUpdate(reminder.Key, reminder, (_, old) =>
        {
            old.Dispose();
            return reminder;
        });
        reminder.Start();
    }

    public Reminder? Find(GrainId grain, string name) => _reminders.GetValueOrDefault((grain, name));

    public IEnumerable<Reminder> Of(GrainId grain) => _reminders.Values.Where(reminder => reminder.Key.Grain == grain);

    public bool Remove(GrainId grain, string name)
    {
        if (!_reminders.TryRemove((grain, name), out var reminder))
            return false;

        reminder.Dispose();
        return true;
    }

    public void Dispose()
    {
        foreach (var reminder in _reminders.Values)
            reminder.Dispose();
    }
}
