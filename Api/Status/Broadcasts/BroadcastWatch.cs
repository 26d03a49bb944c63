using Ingestion.Status;

namespace Ingestion.Api.Status.Broadcasts;

/// <summary>A listener that reads the broadcasts of some channels at its own pace; it is woken when there is something new.</summary>
internal sealed class BroadcastWatch(BroadcastHub hub, IReadOnlyCollection<string> channels, Action wake) : IDisposable
{
    public IReadOnlyCollection<string> Channels => channels;

    /// <summary>The newest number.</summary>
    public long End => hub.End;

    public void Wake() => wake();

    /// <summary>What came after the one with this number, oldest first.</summary>
    public IReadOnlyList<KeptBroadcast> After(long number) => channels.Count == 0 ? [] : hub.Read(channels, number);

    public void Dispose() => hub.Leave(this);
}
