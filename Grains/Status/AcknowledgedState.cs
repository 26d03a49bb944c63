using Ingestion.Status;

namespace Ingestion.Grains.Status;

/// <summary>Up to where a user's sockets have the journal. Stored only for users who have a webhook that waits for acknowledgements.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.status-acknowledged")]
internal sealed record AcknowledgedState
{
    /// <summary>The furthest place that was acknowledged; null: none was.</summary>
    [Id(0)]
    public Cursor? Cursor { get; init; }
}
