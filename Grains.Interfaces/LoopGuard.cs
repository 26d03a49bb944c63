using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ingestion;

/// <summary>
/// Runs the steps of a loop that must run for as long as its silo lives. Open files run out, disks fill up and fail, and come back: one exception
/// must not end the loop, and with it the process. A step that fails is logged once, and once more when it works again, however often the loop comes by.
/// </summary>
/// <param name="loop">The loop's name, for the log.</param>
/// <param name="logger">The loop's.</param>
public sealed partial class LoopGuard(string loop, ILogger logger)
{
    private readonly ConcurrentDictionary<string, byte> _failing = new(StringComparer.Ordinal);

    /// <summary>Runs a step.</summary>
    /// <returns>False when it failed.</returns>
    public bool Try(string step, Action run)
    {
        try
        {
            run();
            Works(step);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, the next round retries.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fails(step, e);
            return false;
        }
    }

    /// <summary>Runs a step that counts something.</summary>
    /// <returns>What it counted; 0 when it failed.</returns>
    /// <exception cref="OperationCanceledException">The silo stops.</exception>
    public async Task<int> TryAsync(string step, Func<CancellationToken, Task<int>> run, CancellationToken stopping)
    {
        try
        {
            var count = await run(stopping);
            Works(step);
            return count;
        }
#pragma warning disable CA1031 // Grains, stores and disks fail in many ways; the next round retries.
        catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Fails(step, e);
            return 0;
        }
    }

    private void Works(string step)
    {
        if (!_failing.IsEmpty && _failing.TryRemove(step, out _))
            LogRecovered(loop, step);
    }

    private void Fails(string step, Exception exception)
    {
        if (_failing.TryAdd(step, 0))
            LogFailed(exception, loop, step);
    }

    [LoggerMessage(EventName = "LoopStepFailed", Level = LogLevel.Warning, Message = "{Loop}: {Step} failed; it is retried each round")]
    private partial void LogFailed(Exception exception, string loop, string step);

    [LoggerMessage(EventName = "LoopStepRecovered", Level = LogLevel.Information, Message = "{Loop}: {Step} works again")]
    private partial void LogRecovered(string loop, string step);
}
