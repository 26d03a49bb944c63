namespace Ingestion.Grains.Creations;

/// <summary>What is stored of a key.</summary>
public sealed record CreationKeyState
{
    /// <summary>A hash of what its first request declared.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The resource; empty: none.</summary>
    public string Id { get; init; } = "";

    /// <summary>Whether a request has made the resource, so that one that is not there any more was removed.</summary>
    public bool IsMade { get; init; }

    /// <summary>The attempt that the resource is named by; earlier ones change nothing any more.</summary>
    public long Attempt { get; init; }

    /// <summary>When the key is free again.</summary>
    public DateTimeOffset ExpiresAt { get; init; }
}
