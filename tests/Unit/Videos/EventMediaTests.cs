using System.Text.Json;
using Ingestion.Api.Auth;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Videos.Links;
using Ingestion.Status;
using Ingestion.Tests.Unit.Status;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Videos;

/// <summary>The signed addresses in events: whose they are, until when, and what they cost.</summary>
[Collection(EventMediaTests.SigningCodecs)]
public class EventMediaTests
{
    // There is one codec of each kind, which remembers what signed last: classes that have them sign run one after the other.
    internal const string SigningCodecs = "signing codecs";

    private static readonly string _video = Entries.VideoId("a");

    private readonly ManualTime _time = new();
    private readonly LinkSigner _signer = new(new TokenKeys(new byte[32], Second: null));
    private readonly MediaLinks _links;

    public EventMediaTests() => _links = new MediaLinks(_signer, Options.Create(new MediaLinkOptions()), _time);

    internal static IMediaAddresses Owners(TimeProvider time, bool inEvents = true)
    {
        var options = Options.Create(new MediaLinkOptions { InEvents = inEvents });
        return new OwnerMedia(new MediaLinks(new LinkSigner(new TokenKeys(new byte[32], Second: null)), options, time), options);
    }

    internal static StatusEvent Ready(bool hasPoster = true) => new("0190163d8694739b8ec16fb0de1b5fb6", _video, VideoStatus.Ready, ManualTime.Start)
    {
        Facts = new VideoFacts("ann", "clip.mp4", ExternalId: null, SizeBytes: 1234, HasPoster: hasPoster),
    };

    [Fact]
    public void Owner_HasAllAddresses()
    {
        var links = LinksOf(Ready(), EventAudience.Owner, Owners(_time));
        Assert.Equal(["self", "source", "poster", "source_url", "poster_url", "urls_expire_at"], links.EnumerateObject().Select(link => link.Name));
        Assert.Equal(Expiry("source_url"), links.GetProperty("urls_expire_at").GetDateTimeOffset());
        Assert.Equal(Expiry("poster_url"), links.GetProperty("urls_expire_at").GetDateTimeOffset());
        Assert.InRange(Expiry("source_url") - ManualTime.Start, TimeSpan.FromHours(1), TimeSpan.FromMinutes(61));
        Assert.False(LinksOf(Ready(hasPoster: false), EventAudience.Owner, Owners(_time)).TryGetProperty("poster_url", out _));

        DateTimeOffset Expiry(string name) => DateTimeOffset.FromUnixTimeSeconds(Read(links.GetProperty(name).GetString()!)!.Value.Expires);
    }

    [Fact]
    public void Guest_HasSignedAddressesAlone_WhichEndWithTheShare()
    {
        var share = new VideoShare("0190163d8694739b8ec16fb0de1b5fb7", ManualTime.Start, ManualTime.Start.AddMinutes(5), MadeBy: null, MayPlay: true);
        var links = LinksOf(Ready(), EventAudience.Guest, new GuestMedia(_links) { Share = share });
        Assert.Equal(["source_url", "poster_url", "urls_expire_at"], links.EnumerateObject().Select(link => link.Name));
        Assert.Equal(share.ExpiresAt, links.GetProperty("urls_expire_at").GetDateTimeOffset());
        Assert.Equal((_video, share.Id), Read(links.GetProperty("source_url").GetString()!) is { } read ? (read.VideoId, read.Share) : default);
    }

    [Fact]
    public void NothingIsSigned_WhereThereIsNothingToShow()
    {
        foreach (var e in (StatusEvent[])[Ready() with { Status = VideoStatus.Receiving }, Ready() with { Status = VideoStatus.Deleted },
            Ready() with { Status = VideoStatus.Failed, OfUpload = true }, Ready() with { Facts = null }])
            Assert.False(DataOf(e, EventAudience.Owner, Owners(_time)).TryGetProperty("links", out _));
        Assert.False(DataOf(Ready(), EventAudience.Guest, new GuestMedia(_links)).TryGetProperty("links", out _));
    }

    [Fact]
    public void NothingChanges_WhenASettingSwitchesThemOff() => Assert.Equal(
        CloudEventJson.Of(Ready(), EventAudience.Owner), CloudEventJson.Of(Ready(), EventAudience.Owner, Owners(_time, inEvents: false)));

    [Fact]
    public void Addresses_AreSignedOnce_AndAnewWhenTheyChange()
    {
        var share = new VideoShare("0190163d8694739b8ec16fb0de1b5fb7", ManualTime.Start, ManualTime.Start.AddDays(5), MadeBy: null, MayPlay: true);
        var first = _links.Of("", _video, hasPoster: true);
        Assert.Same(first, _links.Of("", _video, hasPoster: true));
        Assert.Null(_links.Of("", _video, hasPoster: false).Poster);
        Assert.StartsWith("https://a.example/media/", _links.Of("https://a.example", _video, hasPoster: true).Source, StringComparison.Ordinal);
        Assert.Contains(share.Id, _links.Of("", _video, hasPoster: true, share).Source, StringComparison.Ordinal);
        Assert.Equal(first, _links.Of("", _video, hasPoster: true));
        _time.Advance(MediaLinks.Step);
        Assert.Equal(first.Expires + MediaLinks.Step, _links.Of("", _video, hasPoster: true).Expires);
    }

    [Fact]
    public void EveryCodec_HasThem_AndKeepsItsPlace()
    {
        var owners = Owners(_time);
        foreach (var codec in FrameCodec.All)
        {
            var signing = codec.With(owners);
            Assert.Equal((codec.Index, codec.Audience), (signing.Index, signing.Audience));
            Assert.Same(signing, codec.With(owners));
            Assert.Same(codec, codec.With(null));
            var frame = signing.Event(new Cursor("k7", 2), new Cursor("k7", 1), 1, Ready());
            Assert.NotEqual(codec.Event(new Cursor("k7", 2), new Cursor("k7", 1), 1, Ready()), frame);
            Assert.True(signing.Deflates || frame.AsSpan().IndexOf("/media/"u8) > 0);
        }
    }

    private MediaLink? Read(string address)
    {
        var parts = address.Split('/', '?');
        return _signer.Read(parts[2], parts[3], new QueryCollection(QueryHelpers.ParseQuery(parts[4])));
    }

    private static JsonElement LinksOf(StatusEvent e, EventAudience audience, IMediaAddresses media) => DataOf(e, audience, media).GetProperty("links");

    private static JsonElement DataOf(StatusEvent e, EventAudience audience, IMediaAddresses media) =>
        JsonSerializer.Deserialize<JsonElement>(CloudEventJson.Of(e, audience, media)).GetProperty("data");
}
