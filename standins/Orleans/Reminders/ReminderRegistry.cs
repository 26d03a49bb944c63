using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Timers;

namespace Orleans.Runtime
{
    /// <summary>What grains register their reminders with.</summary>
    internal sealed class ReminderRegistry(Silo silo, IOptions<ReminderOptions> options) : IReminderRegistry
    {
        private ReminderTable Table => silo.Client.Cluster.Reminders;

        public Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
        {
            ArgumentException.ThrowIfNullOrEmpty(reminderName);
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfEqual(period, Timeout.InfiniteTimeSpan);
            if (period < options.Value.MinimumReminderPeriod)
                throw new ArgumentException($"Cannot register reminder {reminderName} as requested period ({period}) is less than minimum allowed reminder period ({options.Value.MinimumReminderPeriod})");

            var reminder = new Reminder(silo.Client.Cluster, silo.Client.Time, callingGrainId, reminderName, dueTime, period);
            Table.Put(reminder);
            return Task.FromResult<IGrainReminder>(reminder);
        }

        public Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder) =>
            Table.Remove(callingGrainId, reminder.ReminderName)
                ? Task.CompletedTask
                : throw new ReminderException($"Could not unregister reminder {reminder.ReminderName} of {callingGrainId}: there is none.");

        public Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
            Task.FromResult<IGrainReminder?>(Table.Find(callingGrainId, reminderName));

        public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) =>
            Task.FromResult<List<IGrainReminder>>([.. Table.Of(callingGrainId)]);
    }
}

namespace Orleans.Hosting
{
    using Orleans.Runtime;

    public static class SiloBuilderReminderMemoryExtensions
    {
        public static ISiloBuilder UseInMemoryReminderService(this ISiloBuilder builder)
        {
            builder.Services.TryAddSingleton<IReminderRegistry, ReminderRegistry>();
            return builder;
        }
    }
}
