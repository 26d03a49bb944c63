using Ingestion.Api.Auth;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Videos.Links;
using Ingestion.Grains.Status;
using Ingestion.Status;
using Ingestion.Tests.Unit.Videos;
using Ingestion.Videos;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Status;

/// <summary>A replay is bounded by what its frames take, and neither by more nor by much less.</summary>
[Collection(EventMediaTests.SigningCodecs)]
public class ReplaySizeTests
{
    private const long MostOffset = long.MaxValue;

    public static TheoryData<string> Messages => ["", "Not \"readable\" <ä>.", new('x', 10_000), new('\n', 500)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Estimate_IsNoLessThanTheLargestFrame_AndNotMuchMore(string message)
    {
        var e = Failed(message);
        var (cursor, before) = (new Cursor("0123abcd", MostOffset), new Cursor("0123abcd", MostOffset - 1));
        var estimate = ReplaySize.Of([new JournalEntry(MostOffset, e)]);
        var frame = FrameCodec.Json.Event(cursor, before, StatusRules.LongestReplay, e).Length;
        Assert.InRange(estimate, frame, frame + 16);
        Assert.True(FrameCodec.Cbor.Event(cursor, before, StatusRules.LongestReplay, e).Length <= estimate);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Estimate_CountsSignedAddresses_AndIsNoLessThanWhatGuestsGet(bool hasPoster)
    {
        var time = new ManualTime();
        var (e, media) = (EventMediaTests.Ready(hasPoster), EventMediaTests.Owners(time));
        var (cursor, before) = (new Cursor("0123abcd", MostOffset), new Cursor("0123abcd", MostOffset - 1));
        var estimate = ReplaySize.Of([new JournalEntry(MostOffset, e)], media);
        var frame = FrameCodec.Json.With(media).Event(cursor, before, StatusRules.LongestReplay, e).Length;
        Assert.InRange(estimate, frame, frame + 16);
        Assert.Equal(ReplaySize.Of([new JournalEntry(1, e), new JournalEntry(2, e)], media), 2 * estimate);
        var links = new MediaLinks(new LinkSigner(new TokenKeys(new byte[32], Second: null)), Options.Create(new MediaLinkOptions()), time);
        var share = new VideoShare("0190163d8694739b8ec16fb0de1b5fb7", ManualTime.Start, ManualTime.Start.AddDays(5), MadeBy: null, MayPlay: true);
        foreach (var codec in FrameCodec.All)
        {
            var guest = codec.ForGuests().With(new GuestMedia(links) { Share = share });
            Assert.True(guest.Event(cursor, before, StatusRules.LongestReplay, e).Length <= estimate);
            Assert.True(codec.With(media).Event(cursor, before, StatusRules.LongestReplay, e).Length <= estimate);
        }
    }

    [Fact]
    public void Estimate_IsTheSumOfItsEvents() =>
        Assert.Equal(Entries.Range(1, 3).Sum(entry => ReplaySize.Of([entry])), ReplaySize.Of(Entries.Range(1, 3)));

    [Fact]
    public void ThreeHundredUsualEvents_AreAReplay()
    {
        var entries = Entries.Range(1, StatusRules.LongestReplay);
        Assert.Equal(SubscriptionMode.Replay, JournalReads.Replay(entries, new Cursor("k7", 0), new Cursor("k7", StatusRules.LongestReplay)).Mode);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Entries_AreAReplay_UpToTheByte(int beyond, bool expected)
    {
        // 200 failures with messages that fill the bound exactly; the last one takes what is left, and one byte more.
        const int Count = 200;
        var empty = ReplaySize.Of([new JournalEntry(1, Failed(""))]);
        var each = (int)((StatusRules.LargestReplay / Count) - empty);
        var rest = (int)(StatusRules.LargestReplay - ((empty + each) * (Count - 1)) - empty);
        JournalEntry[] entries =
        [
            .. Enumerable.Range(1, Count - 1).Select(offset => new JournalEntry(offset, Failed(new string('x', each)))),
            new JournalEntry(Count, Failed(new string('x', rest + beyond))),
        ];
        Assert.Equal(StatusRules.LargestReplay + beyond, ReplaySize.Of(entries));
        var (mode, _) = JournalReads.Replay(entries, new Cursor("k7", 0), new Cursor("k7", Count));
        Assert.Equal(expected ? SubscriptionMode.Replay : SubscriptionMode.Snapshot, mode);
    }

    private static StatusEvent Failed(string message) =>
        new($"{Entries.VideoId("a")}-ended", Entries.VideoId("a"), VideoStatus.Failed, ManualTime.Start.AddTicks(1_234_567), 40, long.MaxValue,
            new VideoError("code", message));
}
