namespace Ingestion.Tests.EndToEnd.Status;

/// <summary>A subscriber that comes back with its cursor misses nothing and receives nothing twice.</summary>
[Collection(DefaultSilo.Name)]
public sealed class ReplayTests(DefaultSilo shared)
{
    [Fact]
    public async Task ExactlyTheMissedEventsAreReplayed_WhenASocketComesBackWithItsCursor()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        string seen;
        await using (var before = await StatusClient.SubscribedAsync(api))
            seen = (await before.UntilAsync(await api.UploadAsync(Samples.Mp4), "ready"))[^1].Cursor!;
        var missed = await api.UploadToReadyAsync(Samples.Mp4);

        await using var after = await StatusClient.ConnectAsync(api);
        await after.NextAsync("hello");
        var answer = await after.SubscribeAsync(["user"], seen);
        Assert.Equal("replay", answer.Text("mode"));
        Assert.Equal(1, answer.Number("id"));
        var events = await after.UntilAsync(missed, "ready");

        Assert.Equal(["receiving", "uploaded", "queued", "processing", "ready"], events.Select(e => e.State));
        Assert.Equal([6, 7, 8, 9, 10], events.Select(e => e.Offset));
        Assert.Equal([seen, .. events.SkipLast(1).Select(e => e.Cursor)], events.Select(e => e.Previous));
        Assert.Equal((seen, events[^1].Cursor), (answer.Cursor, answer.Text("end")));
        Assert.Empty(await after.SoFarAsync());
    }

    [Fact]
    public async Task NothingIsReplayed_WhenNothingWasMissed()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var first = await StatusClient.SubscribedAsync(api);
        var seen = (await first.UntilAsync(await api.UploadAsync(Samples.Mp4), "ready"))[^1].Cursor!;
        await using var second = await StatusClient.SubscribedAsync(api, seen);

        Assert.Empty(await second.SoFarAsync());
        var next = (await second.UntilAsync(await api.UploadAsync(Samples.Mp4), "uploaded"))[0];
        Assert.Equal(seen, next.Previous);
    }

    [Fact]
    public async Task LatestStateOfEachVideoComes_WhenASocketHasNoCursor()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var older = await api.UploadToReadyAsync(Samples.Mp4);
        var deleted = await api.UploadToReadyAsync(Samples.Mp4);
        (await api.DeleteAsync($"/api/videos/{deleted}")).Is(204);
        var newer = await api.UploadToReadyAsync(Samples.Mp4);

        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        var answer = await socket.SubscribeAsync(["user"]);
        Assert.Equal("snapshot", answer.Text("mode"));
        var snapshot = await socket.NextAsync("snap");
        Assert.Equal((null, snapshot.Cursor), (answer.Cursor, answer.Text("end")));
        Assert.True(snapshot.Json.GetProperty("fin").GetBoolean());
        Assert.Equal(
            [($"video:{older}", "ready"), ($"video:{newer}", "ready")],
            snapshot.Json.GetProperty("data").EnumerateArray().Select(e => (e.GetProperty("ch").GetString()!, e.GetProperty("state").GetString()!)));
    }

    [Theory]
    [InlineData("feedbeef:3")]
    [InlineData(null)]
    public async Task SocketIsResetToASnapshot_WhenItsCursorIsOfAnotherJournalOrBeyondTheEnd(string? foreign)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var id = await api.UploadAsync(Samples.Mp4);
        var seen = (await socket.UntilAsync(id, "ready"))[^1];

        await socket.SendAsync(new { op = "sub", id = 2, ch = new[] { "user" }, since = foreign ?? $"{seen.Cursor!.Split(':')[0]}:{seen.Offset + 1}" });
        var answer = await socket.NextAsync("subd");
        Assert.Equal("reset", answer.Text("mode"));
        Assert.Equal((null, seen.Cursor), (answer.Cursor, answer.Text("end")));
        Assert.Single((await socket.NextAsync("snap")).Json.GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task OnlyTheVideosEventsComeInAnUnbrokenChain_WhenItAloneIsSubscribed()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var other = await api.UploadAsync(Samples.Mp4);
        var wanted = await api.UploadAsync(Samples.Mp4);
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        await socket.SubscribeAsync([$"video:{wanted}"], "0:0");
        var events = await socket.UntilAsync(wanted, "ready");
        await api.UntilAsync(other, "ready");

        Assert.Equal(["receiving", "uploaded", "queued", "processing", "ready"], events.Select(e => e.State));
        Assert.All(events, e => Assert.Equal(wanted, e.VideoId));
        Assert.Equal(events.SkipLast(1).Select(e => e.Cursor), events.Skip(1).Select(e => e.Previous));
        Assert.Empty(await socket.SoFarAsync());
    }
}
