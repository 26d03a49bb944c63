namespace Ingestion.Grains.Users;

/// <summary>What is stored of an erasure. Immutable: a rule makes the next one.</summary>
internal sealed record ErasureState
{
    /// <summary>Whose; null once it is done.</summary>
    public string? User { get; init; }

    /// <summary>When it was requested.</summary>
    public DateTimeOffset BegunAt { get; init; }

    /// <summary>When nothing was left.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Removed so far.</summary>
    public int Videos { get; init; }

    /// <summary>Records of uploads that were removed so far.</summary>
    public int Uploads { get; init; }

    /// <summary>Removed so far.</summary>
    public int Webhooks { get; init; }
}
