using Ingestion.Api.Status.Broadcasts;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;

namespace Ingestion.Api.Status.Events;

/// <summary>One poll that waits for news.</summary>
internal sealed class PollWait(JournalListener listener, BroadcastWatch broadcasts, long? heard, SocketCaller caller, IGrainFactory grains, TimeProvider time)
{
    /// <summary>What has come after the newest broadcast that the client has.</summary>
    public IReadOnlyList<KeptBroadcast> Broadcasts => heard is { } number ? broadcasts.After(number) : [];

    public bool HasBroadcasts => Broadcasts.Count > 0;

    /// <summary>Until there is news, or the time is over.</summary>
    public async Task<(Subscription Answer, StreamEnd? Why)> RunAsync(
        Cursor at, (TimeSpan Time, bool EndsWithToken) patience, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            for (var left = patience.Time; left > TimeSpan.Zero; left = patience.Time - time.GetElapsedTime(began))
            {
                await listener.WaitAsync(left < EventStream.Period ? left : EventStream.Period, cancellationToken);
                var page = await listener.ReadAsync(at);
                if (!page.Follows(at))
                    return (await listener.StartAsync(at), null);
                // What is of other videos is passed, and the next poll begins behind it.
                at = page.Entries is [.., { } newest] ? new Cursor(page.End.Epoch, newest.Offset) : at;
                if (HasBroadcasts || page.Entries.Any(entry => listener.Wants(entry.Event)))
                    return (new Subscription(SubscriptionMode.Replay, at, page.Entries), null);
                if (!await caller.MayStayAsync(grains))
                    return (Empty(at), new StreamEnd(CloseCode.Revoked));
                await listener.RenewAsync(at);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The silo stops, and the client goes to another one; or the client has gone.
            return (Empty(at), null);
        }

        return (Empty(at), patience.EndsWithToken ? new StreamEnd(CloseCode.TokenExpired) : null);
    }

    private static Subscription Empty(Cursor at) => new(SubscriptionMode.Replay, at, []);
}
