namespace Ingestion.Backends.Media.Tools;

/// <summary>Looks at a run again and again: whether it still works, and how much memory it takes.</summary>
internal sealed class ToolWatch(ToolProcess process, ScratchFolder folder, MediaSource source, ToolOptions limits, ToolMemoryShare memory, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private readonly bool _sees = Directory.Exists("/proc");
    private long _workedAt = time.GetTimestamp();
    private long _done = -1;
    private long? _stoppedAt;
    private int? _pid;

    /// <summary>The most resident memory seen; null when it was never looked at.</summary>
    public long? PeakBytes { get; private set; }

    /// <summary>Watches until <paramref name="ended"/>, and stops the run when it must not continue.</summary>
    public async Task WatchAsync(CancellationToken ended)
    {
        using var clock = new PeriodicTimer(ToolLimits.Look, time);
        try
        {
            while (await clock.WaitForNextTickAsync(ended))
                Look();
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private void Look()
    {
        if (process.Stopped is not ToolEnd.Exited)
        {
            _stoppedAt ??= time.GetTimestamp();
            if (time.GetElapsedTime(_stoppedAt.Value) > ToolLimits.KillGrace)
                process.Kill();
            return;
        }

        _pid ??= folder.ToolProcess;
        Measure();
        if (time.GetElapsedTime(_began).TotalSeconds > limits.TotalSeconds)
            process.Stop(ToolEnd.OutOfTime);
        else if (_sees && time.GetElapsedTime(_workedAt).TotalSeconds > limits.StallSeconds)
            process.Stop(ToolEnd.Stalled);
    }

    /// <summary>Work is processor time, or bytes from the store: a tool that waits for a slow store does not hang.</summary>
    private void Measure()
    {
        if (_pid is not { } pid)
            return;
        if (ProcessTable.Memory(pid) is { } seen)
        {
            PeakBytes = seen.PeakBytes;
            memory.Report(seen.ResidentBytes);
        }

        source.ReportRead(ProcessTable.BytesRead(pid) ?? 0);
        var done = (ProcessTable.CpuTicks(pid) ?? 0) + source.BytesRead;
        if (done == _done)
            return;
        (_done, _workedAt) = (done, time.GetTimestamp());
    }
}
