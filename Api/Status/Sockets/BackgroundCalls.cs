using System.Collections.Concurrent;

namespace Ingestion.Api.Status.Sockets;

/// <summary>Calls that nobody awaits where they start: they are kept, their failures logged, and awaited when the host stops.</summary>
internal sealed partial class BackgroundCalls(ILogger<BackgroundCalls> logger)
{
    private readonly ConcurrentDictionary<Task, byte> _running = new();

    public void Run(Func<Task> call)
    {
        var running = GuardAsync(call);
        if (running.IsCompleted)
            return;
        _running.TryAdd(running, 0);
        running.ContinueWith(static (done, set) => ((ConcurrentDictionary<Task, byte>)set!).TryRemove(done, out _), _running, TaskScheduler.Default);
    }

    public Task DrainAsync() => Task.WhenAll(_running.Keys);

    private async Task GuardAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
#pragma warning disable CA1031 // Whatever it is, the next tick or the next lease tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogCallFailed(e);
        }
    }

    [LoggerMessage(EventName = "SocketCallFailed", Level = LogLevel.Warning, Message = "A socket's call to its user's grain failed and will be tried again")]
    private partial void LogCallFailed(Exception exception);
}
