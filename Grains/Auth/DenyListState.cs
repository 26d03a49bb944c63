using Ingestion.Auth;

namespace Ingestion.Grains.Auth;

/// <summary>The stored deny list. Immutable: a rule makes the next one.</summary>
internal sealed record DenyListState
{
    /// <summary>Rises with each change.</summary>
    public long Version { get; init; }

    /// <summary>Oldest first. Those whose time is over go with the next change.</summary>
    public IReadOnlyList<Denial> Denials { get; init; } = [];
}
