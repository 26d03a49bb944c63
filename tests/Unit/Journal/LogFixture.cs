using Ingestion.Grains.Journal;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Journal;

/// <summary>A log of words in segments of four, over storage in memory.</summary>
internal sealed class LogFixture(int? keptSegments = null)
{
    public const int Capacity = 4;

    public MemoryStorage Storage { get; } = new();

    /// <summary>Every run that was reported as durable, of all openings.</summary>
    public List<LogItem<string>> Committed { get; } = [];

    /// <summary>A new activation of the log, with what is stored.</summary>
    public async Task<SegmentedLog<string>> OpenAsync()
    {
        var log = new SegmentedLog<string>(Storage, GrainId.Create("words", "one"), "log", Capacity, keptSegments) { Committed = Committed.AddRange };
        await log.LoadAsync();
        return log;
    }

    /// <summary>A log that holds <c>1</c> to <paramref name="count"/>, written one by one.</summary>
    public async Task<SegmentedLog<string>> OpenWithAsync(int count)
    {
        var log = await OpenAsync();
        for (var i = 1; i <= count; i++)
            await log.AppendAsync([Word(i)]);
        return log;
    }

    public static string Word(long offset) => offset.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool IsSegmentWrite(StorageCall call) => call.Op is StorageOp.Write && call.StateName != "log-head";

    public static LogItem<string>[] Items(params long[] offsets) => [.. offsets.Select(offset => new LogItem<string>(offset, Word(offset)))];
}
