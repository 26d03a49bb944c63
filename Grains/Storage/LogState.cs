namespace Ingestion.Grains.Storage;

/// <summary>The one small record that lists which segments of a log exist. Stored when a segment starts or goes, not on each append.</summary>
public sealed record LogHead
{
    /// <summary>Names this log; a log that was lost starts again under another epoch. Empty: nothing was ever appended.</summary>
    public string Epoch { get; set; } = "";

    /// <summary>Number of the oldest segment kept.</summary>
    public long First { get; set; }

    /// <summary>Number of the newest segment.</summary>
    public long Last { get; set; }

    /// <summary>
    /// When the newest item of each full segment happened, in Unix milliseconds; the last one is of the segment before <see cref="Last"/>. Only
    /// of a log that keeps by age.
    /// </summary>
    public IReadOnlyList<long> Ends { get; set; } = [];
}

/// <summary>A run of items at fixed places. A cleared place stays, so that offsets never move.</summary>
public sealed class LogSegment<T>
    where T : class
{
    /// <summary>The items; null where one was cleared.</summary>
    public List<T?> Items { get; set; } = [];
}

/// <summary>An item at its place.</summary>
/// <param name="Offset">1 for the log's first item.</param>
/// <param name="Item">The item.</param>
internal readonly record struct LogItem<T>(long Offset, T Item);

/// <summary>A stored record in memory, never null: storage that finds nothing leaves an empty one.</summary>
internal sealed class LogRecord<TState>(TState state) : IGrainState<TState>
    where TState : class, new()
{
    public LogRecord()
        : this(new TState())
    {
    }

    public TState State { get; private set; } = state;

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }

    TState? IGrainState<TState>.State
    {
        get => State;
        set => State = value ?? new TState();
    }

    /// <summary>The record that would replace this one; this one stays as it is until the write has succeeded.</summary>
    public LogRecord<TState> Next(TState next) => new(next) { ETag = ETag, RecordExists = RecordExists };
}
