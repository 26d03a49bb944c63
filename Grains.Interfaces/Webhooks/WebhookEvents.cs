using System.Collections.Frozen;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Webhooks;

/// <summary>The types of events that a webhook can have: those of the journal. Those of webhooks come only to a webhook that names them.</summary>
public static class WebhookEvents
{
    /// <summary>All of them.</summary>
    public static FrozenSet<string> All { get; } =
        Types(_ => true).Append(WebhookNotice.DisabledType).Append(WebhookNotice.DeadLetterType).ToFrozenSet();

    /// <summary>Events of terminal states, the only ones that wait for an acknowledgement.</summary>
    public static FrozenSet<string> Terminal { get; } = Types(e => e.JournalPriority is StatusPriority.Critical).ToFrozenSet();

    /// <summary>The type of a journalled event.</summary>
    public static string TypeOf(StatusEvent journalled) => journalled.TypeOf(journalled.JournalPriority);

    private static IEnumerable<string> Types(Func<StatusEvent, bool> wanted)
    {
        var ofVideos = Enum.GetValues<VideoStatus>().Select(status => new StatusEvent("", "", status, default)).ToArray();
        var others = ofVideos.SelectMany(e => new[] { e with { OfUpload = true }, e with { OfChange = true } });
        return ofVideos.Concat(others).Where(wanted).Select(TypeOf);
    }
}
