using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos;

/// <summary>
/// The governor's clock, on a thread of its own: it must run just when the threads of the pool are all taken, and a timer of the pool would allocate.
/// </summary>
internal sealed class GovernorLoop(MemoryGovernor governor, ILogger<GovernorLoop> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(250);

    private readonly LoopGuard _guard = new(nameof(MemoryGovernor), logger);
    private readonly ManualResetEvent _stop = new(initialState: false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _tick;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _tick = governor.Tick;
        // Small: its frames are few, and each page that it touches stays.
        var thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "memory governor" };
        thread.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        return _tick is null ? Task.CompletedTask : _ended.Task.WaitAsync(cancellationToken);
    }

    public void Dispose() => _stop.Dispose();

    private void Run()
    {
        while (!_stop.WaitOne(_period))
            _guard.Try("a look at the memory", _tick!);
        _ended.SetResult();
    }
}
