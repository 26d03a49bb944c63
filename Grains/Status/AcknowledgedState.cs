using Ingestion.Status;

namespace Ingestion.Grains.Status;

/// <summary>What a user's sockets have of the journal. Stored only for users who have a webhook that waits for acknowledgements.</summary>
internal sealed record AcknowledgedState
{
    /// <summary>Single events that are remembered, the newest. A forgotten older event is sent by the webhook too.</summary>
    public const int MostEvents = 1000;

    /// <summary>The furthest place up to which all was acknowledged; null: nothing was yet.</summary>
    public Cursor? Cursor { get; init; }

    /// <summary>Offsets behind it that were acknowledged by sockets that do not listen to everything, ascending.</summary>
    public IReadOnlyList<long> Events { get; init; } = [];

    public static AcknowledgedState Of(Acknowledgement acknowledgement) => acknowledgement.Events is null
        ? new AcknowledgedState { Cursor = acknowledgement.Cursor }
        : new AcknowledgedState { Cursor = acknowledgement.Cursor with { Offset = 0 }, Events = acknowledgement.Events };

    /// <summary>This and what is known from elsewhere; of two journals the <paramref name="newer"/>. The same instance when that adds nothing.</summary>
    public AcknowledgedState With(AcknowledgedState newer)
    {
        if (newer.Cursor is not { } theirs)
            return this;
        if (Cursor is not { } ours || ours.Epoch != theirs.Epoch)
            return newer;
        if (theirs.Offset <= ours.Offset && newer.Events.All(Has))
            return this;
        var upTo = Math.Max(ours.Offset, theirs.Offset);
        var events = Events.Union(newer.Events).Where(offset => offset > upTo).Order().TakeLast(MostEvents);
        return new AcknowledgedState { Cursor = ours with { Offset = upTo }, Events = [.. events] };
    }

    /// <summary>Whether the event there was acknowledged.</summary>
    public bool Has(Cursor cursor) => cursor.Epoch == Cursor?.Epoch && Has(cursor.Offset);

    private bool Has(long offset) => offset <= Cursor?.Offset || Events.Contains(offset);
}
