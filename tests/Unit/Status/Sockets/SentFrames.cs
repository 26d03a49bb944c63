using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Lanes;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;

namespace Ingestion.Tests.Unit.Status.Sockets;

/// <summary>A reader that takes every frame at once: what it gets, without the heads.</summary>
internal sealed class SentFrames(Action<byte[]> take) : IFeedSink
{
    private readonly SocketLanes _lanes = new(new ManualTime(), FrameCodec.Json, new QueueBudget(long.MaxValue));

    public void Begin(Cursor at, bool whole, IEnumerable<long> terminal)
    {
    }

    public void SendSnapshot(byte[] part, Cursor chainTo)
    {
        _lanes.AddSnapshot(part, chainTo);
        Take();
    }

    public void SendPing(Cursor? place)
    {
        Assert.Equal(SendOutcome.Queued, _lanes.AddPlace(FrameCodec.Json.Ping(1, place)));
        Take();
    }

    public void Send(byte[] frame, Cursor? chainTo = null)
    {
        Assert.Equal(SendOutcome.Queued, _lanes.Add(frame, chainTo));
        Take();
    }

    public void Add(Cursor cursor, StatusEvent e, bool replay)
    {
        Assert.Equal(SendOutcome.Queued, _lanes.Add(cursor, e, replay));
        Take();
    }

    public void Flush()
    {
    }

    public void SendProgress(StatusEvent e)
    {
        _lanes.AddProgress(e);
        Take();
    }

    /// <summary>The payload of a text frame of ours.</summary>
    public static ReadOnlyMemory<byte> PayloadOf(byte[] frame)
    {
        Assert.Equal(0x81, frame[0]);
        var head = frame[1] switch { 126 => 4, 127 => 10, _ => 2 };
        return frame.AsMemory(head);
    }

    private void Take()
    {
        foreach (var frame in _lanes.Take())
            take(PayloadOf(frame.Bytes).ToArray());
        _lanes.Flushed();
    }
}
