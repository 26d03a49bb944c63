using Ingestion.Tests.EndToEnd.Security;
using Ingestion.Tests.EndToEnd.Status.Events;

namespace Ingestion.Tests.EndToEnd.Status;

/// <summary>
/// A subscriber of one video, connected while so much happens to others that its journal forgets where the video last stood: it has missed nothing, and
/// must get no reset.
/// </summary>
public sealed class QuietSubscriberTests
{
    // With what is kept, 64 to 96 events, more than enough to forget the first ones.
    private const int Others = 22;

    [Fact]
    public async Task NothingIsReplayedAndNothingReset_WhenOnlyOtherVideosChanged()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Status__RetainedEvents", "1"), ("Sockets__PingSeconds", "1"));
        using var owner = silo.As("ann");
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        using var guest = new ApiClient(silo.Address, (await ShareTests.ShareAsync(owner, video)).GetProperty("token").GetString());
        await using var socket = await ShareTests.WatchAsync(owner, video);
        await using var guests = await ShareTests.WatchAsync(guest, video);
        await using var stream = await EventReader.OpenAsync(owner, $"/api/events?video={video}");
        await using var page = await EventReader.OpenAsync(guest, "/api/events");
        for (var i = 0; i < Others; i++)
            await owner.UploadToReadyAsync(Samples.Mp4);

        var end = (await owner.GetJsonAsync("/api/events/poll")).GetProperty("cursor").GetString()!;
        var offset = long.Parse(end.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(() => Task.FromResult(socket.Place == end && guests.Place == end), "their places are at the end");
        Assert.Equal(end, await stream.UntilAtAsync(offset));
        Assert.Equal(end, await page.UntilAtAsync(offset));
        // One more, for a place that is not the end.
        await owner.UploadToReadyAsync(Samples.Mp4);
        foreach (var (api, place) in (IEnumerable<(ApiClient, string)>)[(owner, socket.Place!), (guest, guests.Place!)])
        {
            await using var back = await StatusClient.ConnectAsync(api);
            await back.NextAsync("hello");
            Assert.Equal("replay", (await back.SubscribeAsync([$"video:{video}"], place)).Text("mode"));
            Assert.Empty(await back.SoFarAsync());
        }

        await using var again = await EventReader.OpenAsync(guest, "/api/events", ("Last-Event-ID", page.LastEventId!));
        await again.UntilAtAsync(offset + 5);
        (await owner.DeleteAsync($"/api/videos/{video}")).Is(204);
        Assert.Equal("video.deleted", (await again.NextAsync()).Type);
        Assert.Equal("video.deleted", (await stream.NextAsync()).Type);
    }
}
