namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>Two users never see each other's videos, tasks and events.</summary>
[Collection(DefaultSilo.Name)]
public sealed class OwnershipTests(DefaultSilo shared)
{
    [Fact]
    public async Task OthersVideoLooksLikeNone_WhenReadOrDeleted()
    {
        using var alice = shared.Silo.As(SiloFixture.NewUser());
        using var bob = shared.Silo.As(SiloFixture.NewUser());
        var id = await alice.UploadToReadyAsync(Samples.Mp4);
        var none = (await bob.GetAsync($"/api/videos/{new string('0', 32)}")).IsProblem(404, "not_found");

        foreach (var path in new[] { $"/api/videos/{id}", $"/api/tasks/{id}", $"/api/videos/{id}/source", $"/api/videos/{id}/poster" })
            Assert.Equal(WithoutPlace(none), WithoutPlace((await bob.GetAsync(path)).IsProblem(404, "not_found")));
        Assert.Equal(WithoutPlace(none), WithoutPlace((await bob.DeleteAsync($"/api/videos/{id}")).IsProblem(404, "not_found")));
        Assert.Empty(await bob.ListAsync());

        Assert.Equal([id], await alice.ListAsync());
        Assert.Equal(Samples.Mp4, (await alice.GetAsync($"/api/videos/{id}/source")).Is(200).Body);
    }

    [Fact]
    public async Task EachSocketGetsItsOwnUsersEventsOnly_WhenBothUpload()
    {
        using var alice = shared.Silo.As(SiloFixture.NewUser());
        using var bob = shared.Silo.As(SiloFixture.NewUser());
        await using var alices = await StatusClient.SubscribedAsync(alice);
        await using var bobs = await StatusClient.SubscribedAsync(bob);

        var ids = await Task.WhenAll(alice.UploadAsync(Samples.Mp4), bob.UploadAsync(Samples.Mp4));
        Assert.All(await alices.UntilAsync(ids[0], "ready"), e => Assert.Equal(ids[0], e.VideoId));
        Assert.All(await bobs.UntilAsync(ids[1], "ready"), e => Assert.Equal(ids[1], e.VideoId));
        Assert.Empty(await alices.SoFarAsync());
        Assert.Empty(await bobs.SoFarAsync());
    }

    [Fact]
    public async Task SubscriptionIsForbidden_WhenTheVideoIsAnothersOrNone()
    {
        using var alice = shared.Silo.As(SiloFixture.NewUser());
        using var bob = shared.Silo.As(SiloFixture.NewUser());
        var id = await alice.UploadAsync(Samples.Mp4);
        await using var socket = await StatusClient.ConnectAsync(bob);
        await socket.NextAsync("hello");

        foreach (var video in new[] { id, new string('0', 32) })
        {
            await socket.SendAsync(new { op = "sub", id = 5, ch = new[] { $"video:{video}" } });
            var refusal = await socket.NextAsync("err");
            Assert.Equal("forbidden", refusal.Code);
            Assert.Equal(5, refusal.Number("id"));
            Assert.False(refusal.Json.GetProperty("retry").GetBoolean());
        }
    }

    [Fact]
    public async Task JournalsAreApart_WhenAUserGivesAnothersCursor()
    {
        using var alice = shared.Silo.As(SiloFixture.NewUser());
        using var bob = shared.Silo.As(SiloFixture.NewUser());
        await using var alices = await StatusClient.SubscribedAsync(alice);
        var cursor = (await alices.UntilAsync(await alice.UploadAsync(Samples.Mp4), "ready"))[0].Cursor!;
        await using var bobs = await StatusClient.ConnectAsync(bob);
        await bobs.NextAsync("hello");

        Assert.Equal("reset", (await bobs.SubscribeAsync(["user"], cursor)).Text("mode"));
        Assert.Empty((await bobs.NextAsync("snap")).Json.GetProperty("data").EnumerateArray());
        Assert.Empty(await bobs.SoFarAsync());
    }

    /// <summary>The members of a problem that do not name its request.</summary>
    private static string WithoutPlace(Answer answer) => string.Join(
        '\n', answer.Json.EnumerateObject().Where(member => member.Name is not ("instance" or "request_id")).Select(member => member.ToString()));
}
