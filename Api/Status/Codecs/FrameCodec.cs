using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Api.Status.Codecs;

/// <summary>
/// How one subprotocol writes the server's frames, ready to be sent to any number of sockets that speak it, and reads the client's. There is one of each kind,
/// and of those for guests one for each guest, whose addresses are its own.
/// </summary>
internal abstract class FrameCodec
{
    // A frame of a snapshot has about 32 KiB, so that none comes near what a client must be able to take, however long ids and messages are.
    private const int LargestPart = 25;

    // Below it the bytes saved are not worth the work, as everything of one event is.
    private const int LeastDeflated = 1024;

    private readonly Opcode _opcode;

    private volatile FrameCodec? _signing;

    protected FrameCodec(string subprotocol, Opcode opcode, bool deflates, EventAudience audience) =>
        (Subprotocol, _opcode, Deflates, Audience) = (subprotocol, opcode, deflates, audience);

    /// <summary><c>ingestion.v1</c>: one JSON object a text message.</summary>
    public static FrameCodec Json { get; } = new JsonCodec(deflates: false);

    /// <summary><c>ingestion.v1.cbor</c>: one CBOR map a binary message.</summary>
    public static FrameCodec Cbor { get; } = new CborCodec(deflates: false);

    /// <summary>All there are.</summary>
    public static IReadOnlyList<FrameCodec> All { get; } = Numbered(
        Json, Cbor, new JsonCodec(deflates: true), new CborCodec(deflates: true), new JsonCodec(deflates: false, EventAudience.Guest),
        new CborCodec(deflates: false, EventAudience.Guest), new JsonCodec(deflates: true, EventAudience.Guest),
        new CborCodec(deflates: true, EventAudience.Guest));

    /// <summary>The name that client and server agree on.</summary>
    public string Subprotocol { get; }

    /// <summary>Its place among <see cref="All"/>.</summary>
    public int Index { get; private set; }

    /// <summary>Whether permessage-deflate was agreed on, without context takeover.</summary>
    public bool Deflates { get; }

    /// <summary>Who reads its events.</summary>
    public EventAudience Audience { get; }

    /// <summary>Signs the addresses in events; null: there are none.</summary>
    public IMediaAddresses? Media { get; private set; }

    /// <summary>The kind of message that a client of it sends.</summary>
    public MessageKind Kind => _opcode is Opcode.Text ? MessageKind.Text : MessageKind.Binary;

    /// <summary>The same one for guests.</summary>
    public FrameCodec ForGuests() =>
        All.First(codec => codec.Subprotocol == Subprotocol && codec.Deflates == Deflates && codec.Audience is EventAudience.Guest);

    /// <summary>The same one with signed addresses in its events.</summary>
    public FrameCodec With(IMediaAddresses? media)
    {
        if (ReferenceEquals(media, Media))
            return this;
        // All owners have the same: one for all their sockets.
        if (_signing is { } signing && ReferenceEquals(signing.Media, media))
            return signing;
        var made = (FrameCodec)MemberwiseClone();
        (made.Media, made._signing) = (media, null);
        return _signing = made;
    }

    public abstract byte[] Hello(string socketId, int pingMilliseconds, int window, long expires);

    /// <summary>A subscription starts at <paramref name="at"/>, if the client has a place then, in the journal that ends at <paramref name="end"/>.</summary>
    public abstract byte[] Subscribed(Announcement announcement, SubscriptionMode mode, Cursor? at, Cursor end);

    /// <summary>The latest entry of each video, in one frame or several; the last one is marked.</summary>
    public IEnumerable<byte[]> Snapshot(Cursor cursor, IReadOnlyList<JournalEntry> latest)
    {
        for (var from = 0; from == 0 || from < latest.Count; from += LargestPart)
            yield return SnapshotPart(cursor, latest.Skip(from).Take(LargestPart), isLast: from + LargestPart >= latest.Count);
    }

    /// <summary>A journalled event that follows the one at <paramref name="previous"/> and stands for <paramref name="merged"/> of them.</summary>
    public abstract byte[] Event(Cursor cursor, Cursor previous, int merged, StatusEvent e);

    /// <summary>Progress: without cursor, as it stands in no journal.</summary>
    public abstract byte[] Progress(StatusEvent e);

    /// <summary>An operator's broadcast to everyone in <paramref name="channel"/>; no journal contains it.</summary>
    public abstract byte[] Broadcast(string channel, Broadcast broadcast);

    public abstract byte[] Unsubscribed(long? id);

    public abstract byte[] Authorised(long expires);

    /// <summary>A ping of the server. The client has everything of its channels up to <paramref name="place"/>.</summary>
    public abstract byte[] Ping(long timestampMs, Cursor? place = null);

    public abstract byte[] Pong(long? timestampMs);

    public abstract byte[] Error(long? id, string code, bool retry);

    public abstract byte[] Bye(CloseCode code, int? retryMilliseconds);

    /// <summary>What a client sent; null when the bytes are no such frame.</summary>
    public abstract ClientFrame? Read(ReadOnlyMemory<byte> payload);

    protected abstract byte[] SnapshotPart(Cursor cursor, IEnumerable<JournalEntry> latest, bool isLast);

    protected byte[] Frame(ReadOnlySpan<byte> payload)
    {
        if (Deflates && payload.Length > LeastDeflated && Deflate.Compress(payload) is var smaller && smaller.Length < payload.Length)
            return ServerFrame.Of(_opcode, smaller, deflated: true);
        return ServerFrame.Of(_opcode, payload);
    }

    private static FrameCodec[] Numbered(params FrameCodec[] codecs)
    {
        for (var i = 0; i < codecs.Length; i++)
            codecs[i].Index = i;
        return codecs;
    }

    protected static string ModeName(SubscriptionMode mode) =>
        mode switch { SubscriptionMode.Replay => "replay", SubscriptionMode.Snapshot => "snapshot", _ => "reset" };
}
