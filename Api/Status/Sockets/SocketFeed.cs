using Ingestion.Api.Status.Codecs;
using Ingestion.Status;

namespace Ingestion.Api.Status.Sockets;

/// <summary>
/// What one socket has received: turns a subscription's past and the grain's pushes into frames, each entry once and in order. Pushes may
/// come before the answer to the subscription that started them; they wait here until the past has gone out.
/// </summary>
internal sealed class SocketFeed(IFeedSink sink, FrameCodec codec)
{
    // A socket that is cut off before its next ping comes back with all that it has passed since the last one.
    private const int MostUnsent = 100;

    private readonly Lock _gate = new();
    private List<(string Epoch, IReadOnlyList<JournalEntry> Entries)>? _early;
    private IReadOnlySet<string>? _videos;
    private Cursor? _seen;
    private int _unsent;
    private bool _live;

    /// <summary>The newest entry that was seen, whether its channel is subscribed or not; the place to continue from.</summary>
    public Cursor? Seen
    {
        get
        {
            lock (_gate)
                return _seen;
        }
    }

    /// <summary>As <see cref="Seen"/>; null while a subscription is under way, which reads what it has not seen.</summary>
    public Cursor? LiveAt
    {
        get
        {
            lock (_gate)
                return _live ? _seen : null;
        }
    }

    /// <summary>Whose events it gets; null: those of all the user's videos.</summary>
    public IReadOnlySet<string>? Videos
    {
        get
        {
            lock (_gate)
                return _videos;
        }
    }

    /// <summary>A subscription is under way: pushes wait.</summary>
    public void Pause()
    {
        lock (_gate)
            _live = false;
    }

    /// <summary>
    /// The answer to a subscription from <paramref name="since"/>: <c>subd</c>, then the past, then what was pushed meanwhile.
    /// <paramref name="videos"/> null: all of the user's. Without an <paramref name="announce"/>d answer (an inner renewal) it must continue where the
    /// socket was; false when it can't, as the journal is another one or too much has happened: the client has to subscribe anew.
    /// </summary>
    public bool Start(Subscription subscription, Cursor? since, IReadOnlySet<string>? videos, Announcement? announce)
    {
        lock (_gate)
        {
            if (announce is not null)
                _videos = videos;
            var replay = subscription.Mode is SubscriptionMode.Replay;
            if (announce is null && !replay)
                return false;
            if (replay)
            {
                // A subscriber from before the first event has the cursor of an empty journal, and its chain continues from there.
                var first = since ?? new Cursor(Cursor.EmptyEpoch, 0);
                var from = first with { Epoch = subscription.Cursor.Epoch };
                if (announce is not null || _seen is null)
                    _seen = from;
                if (announce is not null)
                {
                    sink.Begin(from, whole: videos is null, []);
                    // Not the end of the replay: a client that is cut off in the middle of it must come back for the rest.
                    sink.Send(codec.Subscribed(announce, subscription.Mode, first, subscription.Cursor), first);
                }

                Take(subscription.Cursor.Epoch, subscription.Entries, replay);
            }
            else
            {
                JournalEntry[] latest = [.. subscription.Entries.Where(entry => Wants(entry.Event))];
                sink.Begin(subscription.Cursor, whole: videos is null, from entry in latest
                    where entry.Event.JournalPriority is StatusPriority.Critical select entry.Offset);
                // Without a place: the client has none until the last part of the snapshot has come.
                sink.Send(codec.Subscribed(announce!, subscription.Mode, at: null, subscription.Cursor));
                foreach (var part in codec.Snapshot(subscription.Cursor, latest))
                    sink.SendSnapshot(part, subscription.Cursor);
            }

            _seen = subscription.Cursor;
            _unsent = 0;
            _live = true;
            foreach (var (epoch, entries) in _early ?? [])
            {
                // Behind a gap nothing is taken: the next push or renewal finds the socket behind and it subscribes again.
                if (Follows(epoch, entries))
                    Take(epoch, entries, replay: false);
            }

            _early = null;
            return true;
        }
    }

    /// <summary>
    /// Sends a ping with the cursor of the client: a client that gets no event for a while, as its videos rest, does not stay
    /// behind. While a subscription is under way the client has no place.
    /// </summary>
    public void Ping()
    {
        lock (_gate)
            SendPlace(_live ? _seen : null);
    }

    /// <summary>From now on only these videos.</summary>
    public void Narrow(IReadOnlySet<string>? videos)
    {
        lock (_gate)
            _videos = videos;
    }

    /// <summary>A push of the grain. False when it does not follow what was seen: an earlier push is lost, subscribe again.</summary>
    public bool Push(string epoch, IReadOnlyList<JournalEntry> entries)
    {
        lock (_gate)
        {
            if (!_live)
            {
                (_early ??= []).Add((epoch, entries));
                return true;
            }

            var follows = Follows(epoch, entries);
            if (follows)
                Take(epoch, entries, replay: false);
            return follows;
        }
    }

    /// <summary>Progress, for subscribers that listen right now.</summary>
    public void PushProgress(StatusEvent progress)
    {
        lock (_gate)
        {
            if (_live && Wants(progress))
                sink.SendProgress(progress);
        }
    }

    private bool Follows(string epoch, IReadOnlyList<JournalEntry> entries) =>
        _seen is { } seen && entries[0].Offset <= seen.Offset + 1 && (seen.Epoch == epoch || seen.Offset == 0);

    private void Take(string epoch, IReadOnlyList<JournalEntry> entries, bool replay)
    {
        var added = false;
        foreach (var entry in entries)
        {
            if (_seen is { } seen && entry.Offset <= seen.Offset)
                continue;
            var cursor = new Cursor(epoch, entry.Offset);
            _seen = cursor;
            if (!Wants(entry.Event))
            {
                _unsent++;
                continue;
            }

            sink.Add(cursor, entry.Event, replay);
            added = true;
            _unsent = 0;
        }

        if (added)
            sink.Flush();
        if (_live && _unsent >= MostUnsent)
            SendPlace(_seen);
    }

    private void SendPlace(Cursor? place)
    {
        sink.SendPing(place);
        _unsent = 0;
    }

    private bool Wants(StatusEvent e) => _videos is null || _videos.Contains(e.VideoId);
}

/// <summary>Where a feed's frames go, in order.</summary>
internal interface IFeedSink
{
    /// <summary>A subscription requested by the client starts, see <see cref="SocketAcks.Begin"/>.</summary>
    void Begin(Cursor at, bool whole, IEnumerable<long> terminal);

    /// <summary>A ping. The client has all events of its channels up to <paramref name="place"/>; null: the ping does not say how far.</summary>
    void SendPing(Cursor? place);

    /// <summary>A frame of the protocol; the next event follows <paramref name="chainTo"/>, if that is given.</summary>
    void Send(byte[] frame, Cursor? chainTo = null);

    /// <summary>A part of a snapshot: all of them together are as large as what the journal keeps allows, so there always is room.</summary>
    void SendSnapshot(byte[] part, Cursor chainTo);

    /// <summary>A journalled event, which goes with the next <see cref="Flush"/>; one of a <paramref name="replay"/> is bounded already.</summary>
    void Add(Cursor cursor, StatusEvent e, bool replay);

    /// <summary>Sends what was added.</summary>
    void Flush();

    /// <summary>Progress.</summary>
    void SendProgress(StatusEvent e);
}

/// <summary>What the <c>subd</c> of a subscription says.</summary>
/// <param name="Id">The number that the client gave its request.</param>
/// <param name="PingMilliseconds">Between two pings, where the client asked for a heartbeat.</param>
/// <param name="Broadcasts">The number of the newest broadcast, where the client listens to any.</param>
internal sealed record Announcement(long? Id, int? PingMilliseconds = null, long? Broadcasts = null);
