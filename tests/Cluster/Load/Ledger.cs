using System.Collections.Concurrent;

namespace Ingestion.Tests.Cluster.Load;

/// <summary>
/// What the clients of one user have sent, and which answers they got. Videos are known by the names of their files, which are all different.
/// </summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, byte[]> _sent = new();
    private readonly ConcurrentDictionary<string, string> _acknowledged = new();

    /// <summary>SHA-256 of each file of which a byte may have been sent, by its name.</summary>
    public IReadOnlyDictionary<string, byte[]> Sent => _sent;

    /// <summary>Ids of the videos that were acknowledged, by the names of their files.</summary>
    public IReadOnlyDictionary<string, string> Acknowledged => _acknowledged;

    /// <summary>Uploads that have been created and are not known to be whole.</summary>
    public ConcurrentDictionary<string, OffsetFloor> Running { get; } = new();

    /// <summary>Answers that no client may ever get.</summary>
    public ConcurrentQueue<string> Violations { get; } = [];

    /// <summary>How many requests ended how.</summary>
    public ConcurrentDictionary<string, int> Outcomes { get; } = new();

    public void Send(string name, byte[] digest) => Assert.True(_sent.TryAdd(name, digest));

    public void Acknowledge(string name, string id) => Assert.True(_acknowledged.TryAdd(name, id));

    public void Count(string outcome) => Outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);
}

/// <summary>How far an upload is known to have come.</summary>
internal sealed class OffsetFloor
{
    private long _offset;

    public long Offset => Volatile.Read(ref _offset);

    /// <summary>An offset was shown or acknowledged.</summary>
    public void Raise(long offset)
    {
        long seen;
        while ((seen = Offset) < offset && Interlocked.CompareExchange(ref _offset, offset, seen) != seen)
        {
            // Somebody else raised it: look again.
        }
    }
}
