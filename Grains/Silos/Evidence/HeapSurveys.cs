using Ingestion.Silos;
using Ingestion.Silos.Evidence;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos.Evidence;

/// <summary>Surveys of the managed heap of this silo: one at a time, not often, and not where memory is short.</summary>
internal sealed partial class HeapSurveys(
    IHeapSurveyor surveyor, GovernorView view, IMemoryPressure pressure, TimeProvider time, ILogger<HeapSurveys> logger)
{
    // Of the room that is left half: a heap of some hundred thousand objects fits into the least.
    private const long LeastBuffer = 16 * Mebibyte;
    private const long MostBuffer = 256 * Mebibyte;
    private const long Mebibyte = 1024 * 1024;

    private static readonly TimeSpan _apart = TimeSpan.FromMinutes(1);

    private readonly HeapDifference _difference = new();
    private volatile HeapEvidence? _last;
    private long? _endedAt;
    private bool _isUnderWay;

    /// <summary>The newest; null before the first.</summary>
    public HeapEvidence? Last => _last;

    /// <summary>Makes one, unless there is a reason not to.</summary>
    public async Task<HeapAnswer> TakeAsync(CancellationToken cancellationToken)
    {
        if (pressure.Level >= MemoryLevel.Critical)
            return new HeapAnswer(HeapOutcome.MemoryShort);
        if (Interlocked.Exchange(ref _isUnderWay, true))
            return new HeapAnswer(HeapOutcome.Busy);
        try
        {
            return _endedAt is { } ended && time.GetElapsedTime(ended) < _apart ? new HeapAnswer(HeapOutcome.Busy) : await SurveyAsync(cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _isUnderWay, false);
        }
    }

    private async Task<HeapAnswer> SurveyAsync(CancellationToken cancellationToken)
    {
        var (began, last) = (time.GetTimestamp(), view.Last);
        var buffer = Math.Clamp((last.BudgetBytes - last.Reading.Process.ResidentBytes) / 2, LeastBuffer, MostBuffer);
        var count = await surveyor.CountAsync(buffer, cancellationToken);
        if (count is null)
            return new HeapAnswer(HeapOutcome.Unavailable);
        var took = time.GetElapsedTime(began);
        var evidence = _difference.Add(time.GetUtcNow(), took, count);
        (_last, _endedAt) = (evidence, time.GetTimestamp());
        var survey = evidence.Survey;
        LogSurveyed(survey.Objects, survey.Types, survey.Bytes / Mebibyte, took.TotalMilliseconds, survey.IsPartial);
        return new HeapAnswer(HeapOutcome.Taken, evidence);
    }

    [LoggerMessage(EventName = "HeapSurveyed", Level = LogLevel.Information,
        Message = "The managed heap was surveyed: {Objects} objects of {Types} types, {Mebibytes} MiB, in {Milliseconds:0} ms; partial: {Partial}")]
    private partial void LogSurveyed(long objects, int types, long mebibytes, double milliseconds, bool partial);
}
