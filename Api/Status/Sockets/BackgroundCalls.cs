using System.Collections.Concurrent;
using Ingestion.Api.Http;

namespace Ingestion.Api.Status.Sockets;

/// <summary>Calls that are not awaited where they start: they are kept, their failures logged, and awaited when the host stops.</summary>
internal sealed partial class BackgroundCalls(TimeProvider time, ILogger<BackgroundCalls> logger)
{
    private readonly ConcurrentDictionary<Task, byte> _running = new();

    // Every socket of a user whose grain is unavailable fails at each renewal.
    private readonly LinePace _lines = new(TimeSpan.FromSeconds(1), time);

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
#pragma warning disable CA1031 // Whatever it is, the next tick or the next lease retries.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_lines.Count("") is { } calls)
                LogCallFailed(e, calls);
        }
    }

    [LoggerMessage(EventName = "SocketCallFailed", Level = LogLevel.Warning,
        Message = "{Calls} calls of sockets to their users' grains failed and will be retried")]
    private partial void LogCallFailed(Exception exception, long calls);
}
