using System.ComponentModel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.Media.Tools;

/// <summary>
/// Runs ffprobe and ffmpeg: each in a folder of its own, with nothing of the silo's environment, within hard limits, and never longer than the silo
/// lives. It returns how the run ended; callers decide what that means for the video.
/// </summary>
internal sealed partial class ToolRunner(ToolScratch scratch, IOptions<ToolOptions> options, ToolMetrics metrics, ToolMemory memory, TimeProvider time,
    ILogger<ToolRunner> logger)
    : IDisposable
{
    // A shell's own codes: not executable, not found. Above are signals.
    private const int ShellFailed = 126;
    private const int CpuSignal = 128 + 24;

    private readonly SemaphoreSlim _preparing = new(1);
    private ToolPlatform? _platform;

    /// <summary>
    /// Once, before the first run: ends what an earlier process left, and finds out what this system offers. One line in the log where something is missing.
    /// </summary>
    public async Task<ToolPlatform> PrepareAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _platform) is { } known)
            return known;
        await _preparing.WaitAsync(cancellationToken);
        try
        {
            return _platform ??= await ExamineAsync(cancellationToken);
        }
        finally
        {
            _preparing.Release();
        }
    }

    /// <exception cref="OperationCanceledException">The caller has left; the tool is dead.</exception>
    public async Task<ToolRun> RunAsync(ToolCommand command, CancellationToken cancellationToken)
    {
        var platform = await PrepareAsync(cancellationToken);
        using var folder = scratch.Open();
        command.Source.BeginRun();
        using var span = ToolSpans.Run(command);
        var run = await RunAsync(command, platform, folder, cancellationToken);
        ToolSpans.Ended(span, run);
        metrics.Ended(command.Name, run);
        cancellationToken.ThrowIfCancellationRequested();
        if (!run.Succeeded)
            LogFailed(run.End is ToolEnd.Exited ? LogLevel.Information : LogLevel.Warning, command, run);
        return run;
    }

    public void Dispose() => _preparing.Dispose();

    private async Task<ToolRun> RunAsync(ToolCommand command, ToolPlatform platform, ScratchFolder folder, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        try
        {
            using var process = ToolProcess.Start(platform.CommandLine(command, options.Value), folder.Path, platform.Shell is not null);
            await using var leaving = cancellationToken.Register(() => process.Stop(ToolEnd.Cancelled));
            using var share = memory.Open();
            var watch = new ToolWatch(process, folder, command.Source, options.Value, share, time);
            var code = await FollowAsync(process, watch, folder, output, errors, command.LongestOutput);
            var complaint = ToolOutput.Clean(errors.GetBuffer().AsSpan(0, (int)errors.Length), command.Source.Address);
            return new ToolRun(EndOf(process.Stopped, code), code, output.ToArray(), complaint, time.GetElapsedTime(began), watch.PeakBytes);
        }
        catch (Win32Exception e)
        {
            return new ToolRun(ToolEnd.Broke, ShellFailed, [], e.Message, time.GetElapsedTime(began), PeakBytes: null);
        }
    }

    private static async Task<int> FollowAsync(ToolProcess process, ToolWatch watch, ScratchFolder folder, MemoryStream output, MemoryStream errors,
        int longestOutput)
    {
        using var ended = new CancellationTokenSource();
        using var given = new CancellationTokenSource();
        var printed = Task.WhenAll(
            ToolOutput.ReadAsync(process.Output, output, longestOutput, () => process.Stop(ToolEnd.Flooded), given.Token),
            ToolOutput.ReadTailAsync(process.Errors, errors, () => process.Stop(ToolEnd.Flooded), given.Token));
        var watching = watch.WatchAsync(ended.Token);
        var code = await process.WaitAsync();
        await ended.CancelAsync();
        await watching;
        try
        {
            await printed.WaitAsync(ToolLimits.DrainGrace);
        }
        catch (TimeoutException)
        {
            // Something that left the tool's group holds its outputs open. It still works where the tool did.
            ProcessTable.KillBelow(folder.Path);
            await given.CancelAsync();
            await printed;
        }

        return code;
    }

    private static ToolEnd EndOf(ToolEnd stopped, int code) => (stopped, code) switch
    {
        (not ToolEnd.Exited, _) => stopped,
        (_, CpuSignal) => ToolEnd.CpuLimit,
        (_, < 0 or >= ShellFailed) => ToolEnd.Broke,
        _ => ToolEnd.Exited,
    };

    private async Task<ToolPlatform> ExamineAsync(CancellationToken cancellationToken)
    {
        if (scratch.Sweep() is > 0 and var killed)
            LogSwept(killed);
        var platform = await ToolPlatform.ExamineAsync(cancellationToken);
        if (platform.Missing.Count > 0)
            LogMissing(string.Join(", ", platform.Missing));
        return platform;
    }

    private void LogFailed(LogLevel level, ToolCommand command, ToolRun run)
    {
        var (seconds, lastWords) = (run.Elapsed.TotalSeconds, run.Complaint.Replace("\n", " | ", StringComparison.Ordinal));
        LogFailed(level, command.Name, command.Source.VideoId, run.Summary, seconds, lastWords);
    }

    [LoggerMessage(EventName = "MediaToolFailed", Message = "{Tool} of video {VideoId}: {End} after {Seconds:0.0} s. Its last words: {Complaint}")]
    private partial void LogFailed(LogLevel level, string tool, string videoId, string end, double seconds, string complaint);

    [LoggerMessage(EventName = "MediaToolsSwept", Level = LogLevel.Warning,
        Message = "{Count} processes of tools that an earlier process left behind were ended")]
    private partial void LogSwept(int count);

    [LoggerMessage(EventName = "MediaToolsUnlimited", Level = LogLevel.Warning, Message = "Tools run without what this system does not allow: {Missing}")]
    private partial void LogMissing(string missing);
}
