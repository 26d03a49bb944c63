using System.Text;
using System.Text.Json;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Ingestion.Tests.Unit.Infrastructure;
using static Ingestion.Tests.Unit.Status.Entries;

namespace Ingestion.Tests.Unit.Status.Sockets;

public class SocketFeedTests
{
    private const string Epoch = "k7";

    private static readonly Announcement _announced = new(Id: 1);

    private readonly List<string> _sent = [];
    private readonly SocketFeed _feed;

    public SocketFeedTests() => _feed = new SocketFeed(new SentFrames(frame => _sent.Add(Brief(frame))), FrameCodec.Json);

    [Fact]
    public void Past_GoesOutBeforeTheLiveEntries_WhenReplayed()
    {
        _feed.Start(Replay(5, Range(4, 5)), At(3), videos: null, _announced);
        Assert.True(_feed.Push(Epoch, Range(6, 7)));
        Assert.Equal(["subd replay k7:3 k7:5", "evt k7:3>k7:4", "evt k7:4>k7:5", "evt k7:5>k7:6", "evt k7:6>k7:7"], _sent);
        Assert.Equal(new Cursor(Epoch, 7), _feed.Seen);
    }

    [Fact]
    public void Pushes_WaitForThePast_WhenTheyComeBeforeTheAnswer()
    {
        Assert.True(_feed.Push(Epoch, Range(6, 6)));
        Assert.True(_feed.Push(Epoch, Range(7, 8)));
        Assert.Empty(_sent);
        _feed.Start(Replay(5, Range(5, 5)), At(4), videos: null, _announced);
        Assert.Equal(["subd replay k7:4 k7:5", "evt k7:4>k7:5", "evt k7:5>k7:6", "evt k7:6>k7:7", "evt k7:7>k7:8"], _sent);
    }

    [Fact]
    public void Entries_GoOutOnce_WhenPushesAndPastOverlap()
    {
        _feed.Push(Epoch, Range(4, 6));
        _feed.Start(Replay(5, Range(4, 5)), At(3), videos: null, _announced);
        Assert.True(_feed.Push(Epoch, Range(5, 6)));
        Assert.True(_feed.Push(Epoch, Range(6, 7)));
        Assert.Equal(["subd replay k7:3 k7:5", "evt k7:3>k7:4", "evt k7:4>k7:5", "evt k7:5>k7:6", "evt k7:6>k7:7"], _sent);
    }

    [Fact]
    public void Gap_IsReportedAndNothingSent_WhenAPushIsLost()
    {
        _feed.Start(Replay(5, []), At(5), videos: null, _announced);
        Assert.False(_feed.Push(Epoch, Range(7, 7)));
        Assert.False(_feed.Push("k8", Range(6, 6)));
        Assert.Equal(["subd replay k7:5 k7:5"], _sent);
        Assert.Equal(new Cursor(Epoch, 5), _feed.Seen);
    }

    [Fact]
    public void Gap_IsNotJumped_WhenThePushIsLostWhileTheAnswerIsAwaited()
    {
        _feed.Push(Epoch, Range(7, 7));
        _feed.Start(Replay(5, []), At(5), videos: null, _announced);
        Assert.Equal(["subd replay k7:5 k7:5"], _sent);
        Assert.Equal(new Cursor(Epoch, 5), _feed.Seen);
        Assert.False(_feed.Push(Epoch, Range(8, 8)));
        _feed.Pause();
        _feed.Start(Replay(8, Range(6, 8)), At(5), videos: null, announce: null);
        Assert.Equal(["subd replay k7:5 k7:5", "evt k7:5>k7:6", "evt k7:6>k7:7", "evt k7:7>k7:8"], _sent);
    }

    [Fact]
    public void Resume_ContinuesTheChainSilently_WhenAPushWasLost()
    {
        _feed.Start(Replay(5, []), At(5), videos: null, _announced);
        _feed.Pause();
        Assert.True(_feed.Push(Epoch, Range(8, 8)));
        _feed.Start(Replay(7, Range(6, 7)), At(5), videos: null, announce: null);
        Assert.Equal(["subd replay k7:5 k7:5", "evt k7:5>k7:6", "evt k7:6>k7:7", "evt k7:7>k7:8"], _sent);
    }

    [Theory]
    [InlineData(SubscriptionMode.Snapshot, "snapshot")]
    [InlineData(SubscriptionMode.Reset, "reset")]
    public void LatestStates_GoOutAndTheChainStartsAtTheCursor_WhenNothingIsReplayed(SubscriptionMode mode, string name)
    {
        _feed.Start(new Subscription(mode, new Cursor(Epoch, 9), [Entry(2, "b"), Entry(8, "a")]), since: null, videos: null, _announced);
        Assert.True(_feed.Push(Epoch, Range(10, 10)));
        Assert.Equal([$"subd {name} - k7:9", "snap k7:9 b,a", "evt k7:9>k7:10"], _sent);
    }

    [Fact]
    public void Position_IsLost_WhenAResumeFindsAnotherJournalOrIsTooFarBehind()
    {
        _feed.Start(Replay(5, []), At(5), videos: null, _announced);
        _feed.Pause();
        Assert.False(_feed.Start(new Subscription(SubscriptionMode.Reset, new Cursor("k8", 2), [Entry(2, "a")]), since: null, videos: null, announce: null));
        Assert.False(_feed.Start(new Subscription(SubscriptionMode.Snapshot, new Cursor(Epoch, 900), [Entry(900, "a")]), since: null, videos: null,
            announce: null));
        Assert.Equal(["subd replay k7:5 k7:5"], _sent);
    }

    [Fact]
    public void Chain_LeavesOutUnwantedEntries_WhenVideosAreChosen()
    {
        _feed.Start(Replay(5, [Entry(3, "b"), Entry(4, "a"), Entry(5, "b")]), At(2), new HashSet<string> { VideoId("a") }, _announced);
        Assert.True(_feed.Push(Epoch, [Entry(6, "b"), Entry(7, "c")]));
        Assert.True(_feed.Push(Epoch, [Entry(8, "a"), Entry(9, "b"), Entry(10, "a")]));
        Assert.Equal(["subd replay k7:2 k7:5", "evt k7:2>k7:4", "evt k7:4>k7:8", "evt k7:8>k7:10"], _sent);
        Assert.Equal(new Cursor(Epoch, 10), _feed.Seen);
    }

    [Fact]
    public void Ping_MovesTheClientsPlace_WhenNothingOfItsVideosCame()
    {
        _feed.Ping();
        _feed.Start(Replay(5, []), At(5), new HashSet<string> { VideoId("a") }, _announced);
        Assert.True(_feed.Push(Epoch, [Entry(6, "b"), Entry(7, "c")]));
        _feed.Ping();
        Assert.True(_feed.Push(Epoch, [Entry(8, "a")]));
        _feed.Pause();
        _feed.Ping();
        // The chain is one of events: clients that take no notice of the place find no gap in it.
        Assert.Equal(["ping -", "subd replay k7:5 k7:5", "ping k7:7", "evt k7:5>k7:8", "ping -"], _sent);
    }

    [Fact]
    public void Place_IsToldBeforeTheNextPing_WhenManyUnwantedEntriesPassed()
    {
        _feed.Start(Replay(5, []), At(5), new HashSet<string> { VideoId("b") }, _announced);
        Assert.True(_feed.Push(Epoch, Range(6, 104)));
        Assert.True(_feed.Push(Epoch, Range(105, 105)));
        Assert.True(_feed.Push(Epoch, Range(106, 107)));
        Assert.Equal(["subd replay k7:5 k7:5", "ping k7:105"], _sent);
    }

    [Fact]
    public void Chain_StartsAtTheClientsCursor_WhenWhatWasMissedIsOfOtherVideos()
    {
        _feed.Start(Replay(900, [Entry(700, "a")]), At(100), new HashSet<string> { VideoId("a") }, _announced);
        Assert.True(_feed.Push(Epoch, [Entry(901, "a")]));
        Assert.Equal(["subd replay k7:100 k7:900", "evt k7:100>k7:700", "evt k7:700>k7:901"], _sent);
    }

    [Fact]
    public void Snapshot_HoldsTheChosenVideosOnly_WhenVideosAreChosen()
    {
        _feed.Start(new Subscription(SubscriptionMode.Snapshot, new Cursor(Epoch, 9), [Entry(2, "b"), Entry(8, "a")]), since: null,
            new HashSet<string> { VideoId("a") }, _announced);
        Assert.Equal(["subd snapshot - k7:9", "snap k7:9 a"], _sent);
    }

    [Fact]
    public void Journal_MayBegin_WhenItWasEmptyAtTheStart()
    {
        _feed.Start(new Subscription(SubscriptionMode.Snapshot, new Cursor("0", 0), []), since: null, videos: null, _announced);
        Assert.True(_feed.Push(Epoch, Range(1, 2)));
        Assert.Equal(["subd snapshot - 0:0", "snap 0:0 ", "evt 0:0>k7:1", "evt k7:1>k7:2"], _sent);
    }

    [Fact]
    public void Chain_StartsAtTheClientsCursor_WhenItsJournalWasEmptyThen()
    {
        // The client has "0:0" from before the first event; it must see that nothing lies between.
        _feed.Start(Replay(2, Range(1, 2)), At(0), videos: null, _announced);
        Assert.Equal(["subd replay 0:0 k7:2", "evt 0:0>k7:1", "evt k7:1>k7:2"], _sent);
    }

    [Fact]
    public void Progress_GoesOutWithoutCursor_WhenTheSocketIsLiveAndWantsTheVideo()
    {
        _feed.PushProgress(Event("early"));
        _feed.Start(Replay(5, []), At(5), new HashSet<string> { VideoId("a") }, _announced);
        _feed.PushProgress(Event("p1"));
        _feed.PushProgress(Event("other", "b"));
        _feed.Pause();
        _feed.PushProgress(Event("paused"));
        Assert.Equal(["subd replay k7:5 k7:5", "progress p1"], _sent);
        Assert.Equal(new Cursor(Epoch, 5), _feed.Seen);
    }

    [Fact]
    public void EveryEntry_ComesOnceInOrder_WhateverIsLostRepeatedAndResumed() => Histories.Check(1_000, random =>
    {
        var offsets = new List<long>();
        var chained = true;
        var last = $"{Epoch}:0";
        var feed = new SocketFeed(new SentFrames(frame =>
        {
            using var json = JsonDocument.Parse(frame);
            if (json.RootElement.GetProperty("op").GetString() != "evt")
                return;
            var cursor = json.RootElement.GetProperty("cur").GetString()!;
            offsets.Add(long.Parse(cursor[3..], System.Globalization.CultureInfo.InvariantCulture));
            chained &= offsets.Count == 1 || json.RootElement.GetProperty("prev").GetString() == last;
            last = cursor;
        }), FrameCodec.Json);
        long end = 0;
        feed.Start(Replay(0, []), At(0), videos: null, _announced);
        for (var step = 0; step < 30; step++)
        {
            var from = end + 1 - (random.Next(4) == 0 ? random.NextInt64(0, end + 1) : 0);
            end += random.Next(1, 4);
            if (random.Next(4) > 0 && feed.Push(Epoch, Range(from, end)))
                continue;
            Resume(feed, random, ref end);
        }

        feed.Pause();
        feed.Start(Replay(end, Range(feed.Seen!.Value.Offset + 1, end)), feed.Seen, videos: null, announce: null);
        Assert.Equal(Enumerable.Range(1, (int)end).Select(i => (long)i), offsets);
        Assert.True(chained);
    });

    private static void Resume(SocketFeed feed, Random random, ref long end)
    {
        feed.Pause();
        var (since, answered) = (feed.Seen!.Value.Offset, end);
        // What comes while the grain's answer is on its way, part of it lost.
        for (var i = random.Next(3); i > 0; i--)
        {
            end++;
            if (random.Next(3) > 0)
                feed.Push(Epoch, Range(end, end));
        }

        feed.Start(Replay(answered, Range(since + 1, answered)), At(since), videos: null, announce: null);
    }

    private static Cursor? At(long offset) => offset == 0 ? new Cursor("0", 0) : new Cursor(Epoch, offset);

    private static Subscription Replay(long end, JournalEntry[] entries) => new(SubscriptionMode.Replay, new Cursor(Epoch, end), entries);

    private static string Brief(byte[] frame)
    {
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(frame));
        var root = json.RootElement;
        string Text(string name) => root.GetProperty(name).GetString()!;
        return Text("op") switch
        {
            "subd" => $"subd {Text("mode")} {(root.TryGetProperty("cur", out var cur) ? cur.GetString() : "-")} {Text("end")}",
            "ping" => $"ping {(root.TryGetProperty("cur", out var place) ? place.GetString() : "-")}",
            "snap" => $"snap {Text("cur")} "
                + string.Join(',', root.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("ch").GetString()![6])),
            "evt" when root.TryGetProperty("cur", out _) => $"evt {Text("prev")}>{Text("cur")}",
            _ => $"progress {Text("id")}",
        };
    }
}
