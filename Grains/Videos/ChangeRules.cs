using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Grains.Videos;

/// <summary>What an owner changes of a record: pure.</summary>
internal static class ChangeRules
{
    /// <summary>Merges a change into a record, and adds its event.</summary>
    public static VideoChangeResult Apply(VideoState state, string owner, VideoChange change, DateTimeOffset now, out VideoState next)
    {
        next = state;
        if (state.Visible is not { } record || record.Owner != owner)
            return new VideoChangeResult(ChangeOutcome.NotFound);
        if (change.Tags is { } tags && !tags.Contains(record.Tag))
            return new VideoChangeResult(ChangeOutcome.TagMismatch, record);
        var metadata = Merge(record.Caller?.Metadata, change);
        if (CallerData.FaultOf(metadata) is { } fault)
            return new VideoChangeResult(ChangeOutcome.MetadataInvalid, record, fault);
        var externalId = change.ExternalId is { } id ? id.Value : record.Caller?.ExternalId;
        var changed = record with
        {
            FileName = change.FileName is { } name ? name.Value : record.FileName,
            Caller = CallerData.Of(externalId, metadata),
        };
        if (changed.FileName == record.FileName && externalId == record.Caller?.ExternalId && IsSame(record.Caller?.Metadata, metadata))
            return new VideoChangeResult(ChangeOutcome.Ok, record);
        changed = changed with { UpdatedAt = now > record.UpdatedAt ? now : record.UpdatedAt.AddTicks(1) };
        var updated = new StatusEvent(MediaId.New(now), record.Id, record.Status, now, Error: record.Error)
        {
            Tenant = record.Tenant, Facts = VideoFacts.Of(changed, withMetadata: true), OfChange = true,
        };
        next = state with { Record = changed, Outbox = [.. state.Outbox, updated] };
        return new VideoChangeResult(ChangeOutcome.Ok, changed);
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string>? before, VideoChange change)
    {
        // Nothing is removed from a dictionary here: what comes after a removal would take its place in the order.
        var removed = change.Metadata.Where(pair => pair.Value is null).Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        var kept = before is null || change.ReplacesMetadata ? [] : before.Where(pair => !removed.Contains(pair.Key));
        var merged = new Dictionary<string, string>(kept, StringComparer.Ordinal);
        foreach (var (key, value) in change.Metadata)
        {
            if (value is not null)
                merged[key] = value;
        }

        return merged;
    }

    private static bool IsSame(IReadOnlyDictionary<string, string>? before, Dictionary<string, string> after) =>
        (before?.Count ?? 0) == after.Count && after.All(pair => before!.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
