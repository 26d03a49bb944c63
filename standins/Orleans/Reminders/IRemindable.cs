using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans
{
    /// <summary>A grain that has reminders.</summary>
    public interface IRemindable : IGrain
    {
        Task ReceiveReminder(string reminderName, TickStatus status);
    }

    public static class GrainReminderExtensions
    {
        /// <summary>Makes or changes a reminder: a timer that survives activations and silos.</summary>
        public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period)
        {
            if (grain is not IRemindable)
                throw new InvalidOperationException($"Grain {grain.GrainContext.GrainId} is not '{nameof(IRemindable)}'. A grain should implement {nameof(IRemindable)} to use the persistent reminder service");

            return Registry(grain).RegisterOrUpdateReminder(grain.GrainContext.GrainId, reminderName, dueTime, period);
        }

        public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) => Registry(grain).UnregisterReminder(grain.GrainContext.GrainId, reminder);

        public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) => Registry(grain).GetReminder(grain.GrainContext.GrainId, reminderName);

        public static Task<List<IGrainReminder>> GetReminders(this Grain grain) => Registry(grain).GetReminders(grain.GrainContext.GrainId);

        private static IReminderRegistry Registry(Grain grain) =>
            grain.GrainContext.ActivationServices.GetService<IReminderRegistry>()
            ?? throw new OrleansConfigurationException("The reminder service has not been configured. Call UseInMemoryReminderService on the silo builder.");
    }
}

namespace Orleans.Runtime
{
    public interface IGrainReminder
    {
        string ReminderName { get; }
    }

    /// <summary>Which tick this is.</summary>
    [GenerateSerializer, Immutable]
    public readonly struct TickStatus
    {
        internal TickStatus(TimeSpan period) => Period = period;

        [Id(1)]
        public TimeSpan Period { get; }
    }
}

namespace Orleans.Timers
{
    internal interface IReminderRegistry
    {
        Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period);

        Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder);

        Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName);

        Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId);
    }
}
