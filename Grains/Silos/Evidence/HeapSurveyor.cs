using System.Diagnostics.Tracing;
using System.Net.Sockets;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos.Evidence;

/// <summary>
/// Through the diagnostic port of this process: the runtime makes a full collection and writes an event for each object. The process stands still meanwhile,
/// so that nothing reads the events: all of them must fit into the buffer.
/// </summary>
internal sealed partial class HeapSurveyor(ILogger<HeapSurveyor> logger) : IHeapSurveyor
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";

    // A session with any other provider makes the runtime name all types again in the next one.
    private const string Other = "Microsoft-DotNETCore-SampleProfiler";

    // GC, Type, GCHeapDump, ManagedHeapCollect, GCHeapAndTypeNames.
    private const long Keywords = 0x1 | 0x8_0000 | 0x10_0000 | 0x80_0000 | 0x100_0000;
    private const int Mebibyte = 1024 * 1024;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(1);

    public async Task<HeapCount?> CountAsync(long bufferBytes, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_patience);
        try
        {
            var client = new DiagnosticsClient(Environment.ProcessId);
            await ForgetNamesAsync(client, patience.Token);
            return await CountAsync(client, (int)(bufferBytes / Mebibyte), patience.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && (patience.IsCancellationRequested || e is DiagnosticsClientException or IOException or SocketException or TimeoutException))
        {
            LogUnavailable(e);
            return null;
        }
    }

    private static async Task ForgetNamesAsync(DiagnosticsClient client, CancellationToken cancellationToken)
    {
        using var session = await client.StartEventPipeSessionAsync(
            [new EventPipeProvider(Other, EventLevel.Informational)], requestRundown: false, circularBufferMB: 1, cancellationToken);
        var read = session.EventStream.CopyToAsync(Stream.Null, cancellationToken);
        await session.StopAsync(cancellationToken);
        await read;
    }

    private static async Task<HeapCount> CountAsync(DiagnosticsClient client, int bufferMebibytes, CancellationToken cancellationToken)
    {
        using var session = await client.StartEventPipeSessionAsync(
            [new EventPipeProvider(Runtime, EventLevel.Verbose, Keywords)], requestRundown: false, bufferMebibytes, cancellationToken);
        // Ends the reading below, whose reader knows no token.
        await using var given = cancellationToken.UnsafeRegister(static opened => ((EventPipeSession)opened!).Dispose(), session);
        using var events = new EventPipeEventSource(session.EventStream);
        var heap = new HeapEvents(events);
        var read = Task.Factory.StartNew(events.Process, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await UntilAllCameAsync(heap, cancellationToken);
        await session.StopAsync(cancellationToken);
        await read;
        return new HeapCount(heap.Types(), events.EventsLost > 0);
    }

    /// <summary>A full buffer takes no further events, not even the last one: then no more come.</summary>
    private static async Task UntilAllCameAsync(HeapEvents heap, CancellationToken cancellationToken)
    {
        for (var seen = 0L; !heap.Ended.IsCompleted; seen = heap.Objects)
        {
            await Task.WhenAny(heap.Ended, Task.Delay(_quiet, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (seen > 0 && heap.Objects == seen)
                return;
        }
    }

    [LoggerMessage(EventName = "HeapSurveyUnavailable", Level = LogLevel.Warning,
        Message = "The managed heap can't be surveyed: the runtime does not answer at its diagnostic port (DOTNET_EnableDiagnostics, and a temporary folder)")]
    private partial void LogUnavailable(Exception exception);
}
