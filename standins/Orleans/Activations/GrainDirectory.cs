using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>Which activation serves a grain id: one in the whole cluster, because every silo shares this table.</summary>
internal sealed class GrainDirectory
{
    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();

    public bool TryGet(GrainId id, [NotNullWhen(true)] out Activation? activation) => _activations.TryGetValue(id, out activation);

    /// <summary>The registered activation: this one, or the one that was faster.</summary>
    public Activation Register(Activation activation) => _activations.GetOrAdd(activation.GrainId, activation);

    public void Unregister(Activation activation) => _activations.TryRemove(KeyValuePair.Create(activation.GrainId, activation));

    /// <summary>Puts a migrated grain's new activation in the old one's place.</summary>
    public bool Replace(Activation old, Activation next) => _activations.TryUpdate(next.GrainId, next, old);
}
