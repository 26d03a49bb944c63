using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Grains.Check;

namespace Ingestion.Silo.Check;

/// <summary>What a check can find. Names are for programs: add, never change.</summary>
/// <param name="Name">Snake case.</param>
/// <param name="IsWrong">Whether what was acknowledged is lost, differs or is stuck. Otherwise it is left over and only takes room.</param>
internal sealed record FindingCode(string Name, bool IsWrong)
{
    public static readonly FindingCode Schema = new("schema", IsWrong: true);
    public static readonly FindingCode StateDamaged = new("state_damaged", IsWrong: true);
    public static readonly FindingCode StateTwice = new("state_twice", IsWrong: true);
    public static readonly FindingCode VideoBytesMissing = new("video_bytes_missing", IsWrong: true);
    public static readonly FindingCode VideoBytesDiffer = new("video_bytes_differ", IsWrong: true);
    public static readonly FindingCode PosterMissing = new("poster_missing", IsWrong: true);
    public static readonly FindingCode VideoUnlisted = new("video_unlisted", IsWrong: true);
    public static readonly FindingCode VideoListedTwice = new("video_listed_twice", IsWrong: true);
    public static readonly FindingCode VideoStalled = new("video_stalled", IsWrong: true);
    public static readonly FindingCode UploadBytesMissing = new("upload_bytes_missing", IsWrong: true);
    public static readonly FindingCode UploadStalled = new("upload_stalled", IsWrong: true);
    public static readonly FindingCode ObjectUnknown = new("object_unknown", IsWrong: false);
    public static readonly FindingCode UploadUnknown = new("upload_unknown", IsWrong: false);
    public static readonly FindingCode ListEntryUnknown = new("list_entry_unknown", IsWrong: false);
}

/// <summary>Something that is not as it should be.</summary>
/// <param name="Code">What.</param>
/// <param name="Id">Of which video or upload; empty where it is of none.</param>
/// <param name="Detail">One sentence without its full stop.</param>
internal sealed record Finding(FindingCode Code, string Id, string Detail)
{
    /// <summary>The state in which it was found, to look again.</summary>
    public StateName State { get; init; }

    /// <summary>Puts it right; null where nothing safe can be done.</summary>
    public Func<StateRepairs, Task<bool>>? Repair { get; init; }

    public bool IsRepaired { get; init; }
}
