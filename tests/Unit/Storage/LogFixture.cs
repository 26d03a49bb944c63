using Ingestion.Grains.Storage;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Storage;

/// <summary>A log of words in segments of four, over storage in memory. Without a limit of segments or of age everything is kept.</summary>
internal sealed class LogFixture(int? keptSegments = null, TimeSpan? keptAge = null, MemoryStorage? over = null, int heldSegments = 0)
{
    public const int Capacity = 4;

    private static readonly TimeSpan _forever = TimeSpan.FromDays(100_000);

    private readonly Dictionary<string, DateTimeOffset> _written = [];

    public ManualTime Time { get; } = new();

    public MemoryStorage Storage { get; } = over ?? new();

    /// <summary>Every run that was reported as durable, of all openings.</summary>
    public List<LogItem<string>> Committed { get; } = [];

    /// <summary>A new activation of the log, with what is stored.</summary>
    public async Task<SegmentedLog<string>> OpenAsync()
    {
        var log = new SegmentedLog<string>(Storage, GrainId.Create("words", "one"), "log", Capacity, Retention()) { Committed = Committed.AddRange };
        await log.LoadAsync();
        return log;
    }

    /// <summary>A log that holds <c>1</c> to <paramref name="count"/>, written one by one.</summary>
    public async Task<SegmentedLog<string>> OpenWithAsync(int count)
    {
        var log = await OpenAsync();
        for (var i = 1; i <= count; i++)
            await AppendAsync(log, i);
        return log;
    }

    /// <summary>Appends the word for <paramref name="offset"/>, which happens now.</summary>
    public Task<long> AppendAsync(SegmentedLog<string> log, long offset)
    {
        _written[Word(offset)] = Time.GetUtcNow();
        return log.AppendAsync([Word(offset)]);
    }

    public static string Word(long offset) => offset.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool IsSegmentWrite(StorageCall call) => call.Op is StorageOp.Write && call.StateName != "log-head";

    public static LogItem<string>[] Items(params long[] offsets) => [.. offsets.Select(offset => new LogItem<string>(offset, Word(offset)))];

    private LogRetention<string>? Retention() => keptSegments is null && keptAge is null
        ? null
        : new LogRetention<string>(keptSegments ?? 1000, keptAge ?? _forever, word => _written.GetValueOrDefault(word, Time.GetUtcNow()), Time, heldSegments);
}
