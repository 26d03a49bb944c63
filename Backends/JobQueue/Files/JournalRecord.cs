using System.Text.Json.Serialization;
using Ingestion.Videos;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>What happened to a job. The names are on disk: never rename one.</summary>
internal enum JournalOp
{
    /// <summary>Never written; an absent op is a damaged record.</summary>
    None,

    /// <summary>First line of a journal: its format version, and the highest job id ever given out.</summary>
    Open,

    /// <summary>A job came. In a compacted journal it carries its attempts and its delay along.</summary>
    Put,

    /// <summary>A delivery begins: the attempt as an absolute number, so that replaying it twice changes nothing.</summary>
    Try,

    /// <summary>The job was given back and waits until a time.</summary>
    Delay,

    /// <summary>The job was completed.</summary>
    Done,

    /// <summary>The job went to the dead letters.</summary>
    Dead,

    /// <summary>Last line of a compacted journal: all before it was flushed before the file took its name.</summary>
    Sealed,
}

/// <summary>One line of the journal. <c>At</c> is when a job was enqueued; journals of older builds have none.</summary>
internal sealed record JournalRecord(
    JournalOp Op,
    long Id = 0,
    VideoJob? Job = null,
    int Attempt = 0,
    DateTimeOffset? Until = null,
    int Version = 0,
    DateTimeOffset? At = null)
{
    /// <summary>The only format there is so far.</summary>
    public const int CurrentVersion = 1;
}

/// <summary>A dead letter as it stands in its file.</summary>
internal sealed record StoredLetter(long Id, VideoJob Job, int Attempt, string Reason, DateTimeOffset At);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalRecord))]
internal sealed partial class JournalJson : JsonSerializerContext;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StoredLetter))]
internal sealed partial class StoredLetterJson : JsonSerializerContext;
