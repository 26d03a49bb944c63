using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos;

/// <summary>
/// The governor's clock, on a thread of its own: it must run just when the threads of the pool are all taken, and a timer of the pool would allocate.
/// </summary>
internal sealed class GovernorLoop(MemoryGovernor governor, ILogger<GovernorLoop> logger) : IHostedService
{
    // Its frames are few, and each page of a stack that was touched stays.
    private const int StackBytes = 256 * 1024;

    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(250);

    private readonly LoopGuard _guard = new(nameof(MemoryGovernor), logger);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();
    private bool _started;
    private bool _stopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = true;
        new Thread(Run, StackBytes) { IsBackground = true, Name = "memory governor" }.Start();
        return Task.CompletedTask;
    }

    /// <summary>Ends with the look that is under way, which takes less than any time that a host gives.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        return _started ? _ended.Task : Task.CompletedTask;
    }

    private void Run()
    {
        // Made once: a method group would be a new object each time.
        Action tick = governor.Tick;
        while (IsTimeForALook())
            _guard.Try("a look at the memory", tick);
        _ended.SetResult();
    }

    private bool IsTimeForALook()
    {
        lock (_gate)
        {
            if (!_stopping)
                Monitor.Wait(_gate, _period);
            return !_stopping;
        }
    }
}
