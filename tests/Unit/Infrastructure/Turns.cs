namespace Ingestion.Tests.Unit.Infrastructure;

/// <summary>Runs code as a grain's turns do: one at a time, on a scheduler of its own, continuations included.</summary>
internal static class Turns
{
    public static Task RunAsync(Func<Task> activation) =>
        Task.Factory.StartNew(activation, CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();
}
