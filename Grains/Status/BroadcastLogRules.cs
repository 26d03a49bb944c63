using System.Text;
using Ingestion.Grains.Storage;
using Ingestion.Status;

namespace Ingestion.Grains.Status;

/// <summary>The broadcasts that are kept.</summary>
internal sealed record BroadcastLogState
{
    /// <summary>The number of the newest one; 0: there was none.</summary>
    public long End { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<BroadcastItem> Items { get; init; } = [];
}

/// <summary>A broadcast as it is stored.</summary>
internal sealed record BroadcastItem(long Number, string Channel, string Id, DateTimeOffset At, string Json);

/// <summary>The decisions of <see cref="BroadcastLogGrain"/>: pure.</summary>
internal static class BroadcastLogRules
{
    /// <summary>With the largest message, 16 KiB, a write of 1 MiB.</summary>
    public const int MostKept = 64;

    /// <summary>Longer than a rolling restart keeps a client away.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    public static StateChange<BroadcastLogState, KeptBroadcast> Append(BroadcastLogState state, string channel, Broadcast broadcast, DateTimeOffset now)
    {
        var kept = Live(state, now).ToArray();
        if (kept.FirstOrDefault(item => item.Id == broadcast.Id) is { } known)
            return new(state, Of(known, kept), Durable: false);
        var item = new BroadcastItem(state.End + 1, channel, broadcast.Id, broadcast.At, Encoding.UTF8.GetString(broadcast.Json.Span));
        var next = new BroadcastLogState { End = item.Number, Items = [.. kept.TakeLast(MostKept - 1), item] };
        return new(next, Of(item, kept), Durable: true);
    }

    public static BroadcastPage Read(BroadcastLogState state, long after, DateTimeOffset now) =>
        new(state.End, [.. Live(state, now).Where(item => after > state.End || item.Number > after).Select(Of)]);

    private static IEnumerable<BroadcastItem> Live(BroadcastLogState state, DateTimeOffset now) => state.Items.Where(item => item.At > now - Kept);

    /// <summary>As it is published: it names the one before it in its channel.</summary>
    private static KeptBroadcast Of(BroadcastItem item, IEnumerable<BroadcastItem> kept) => new(item.Channel, Of(item).Broadcast with
    {
        Previous = kept.LastOrDefault(other => other.Channel == item.Channel && other.Number < item.Number)?.Number ?? 0,
    });

    private static KeptBroadcast Of(BroadcastItem item) =>
        new(item.Channel, new Broadcast(item.Id, item.At, Encoding.UTF8.GetBytes(item.Json)) { Number = item.Number });
}
