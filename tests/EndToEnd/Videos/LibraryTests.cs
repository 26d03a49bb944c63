namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>One's own videos: the list, the task's view of them, and their removal.</summary>
[Collection(DefaultSilo.Name)]
public sealed class LibraryTests(DefaultSilo shared)
{
    [Fact]
    public async Task ListsNewestFirstOverAllPages_WhenFollowingTheCursor()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var uploaded = new List<string>();
        for (var i = 0; i < 7; i++)
            uploaded.Insert(0, await api.UploadAsync(Samples.Mp4, $"{i}.mp4"));

        var pages = new List<string[]>();
        string? cursor = null;
        do
        {
            var page = await api.GetJsonAsync($"/api/videos?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}");
            pages.Add([.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("video_id").GetString()!)]);
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(uploaded, pages.SelectMany(page => page));
        Assert.Equal([3, 3, 1], pages.Select(page => page.Length));
    }

    [Fact]
    public async Task ListIsEmptyWithoutCursor_WhenTheUserHasNoVideos()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var list = await api.GetJsonAsync("/api/videos");
        Assert.Empty(list.GetProperty("items").EnumerateArray());
        Assert.False(list.TryGetProperty("next_cursor", out _));
    }

    [Fact]
    public async Task TaskIsTheVideo_WhenAskedByTheSameId()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.UploadToReadyAsync(Samples.Mp4);

        var task = await api.GetJsonAsync($"/api/tasks/{id}");
        Assert.Equal((await api.GetJsonAsync($"/api/videos/{id}")).GetRawText(), task.GetRawText());
        Assert.Equal($"/api/tasks/{id}", task.GetProperty("links").GetProperty("task").GetString());
    }

    [Fact]
    public async Task VideoIsGoneEverywhereAndSubscribersKnow_WhenItIsDeleted()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var kept = await api.UploadAsync(Samples.Mp4);
        var id = await api.UploadAsync(Samples.Mp4);
        await socket.UntilAsync(id, "ready");
        Assert.Contains(shared.Data.Objects, file => file.Contains(id, StringComparison.Ordinal));

        (await api.DeleteAsync($"/api/videos/{id}")).Is(204);

        var last = (await socket.UntilAsync(id, "deleted"))[^1];
        Assert.Equal(0, last.Number("pri"));
        foreach (var path in new[] { $"/api/videos/{id}", $"/api/tasks/{id}", $"/api/videos/{id}/source", $"/api/videos/{id}/poster" })
            (await api.GetAsync(path)).IsProblem(404, "not_found");
        (await api.DeleteAsync($"/api/videos/{id}")).IsProblem(404, "not_found");
        Assert.Equal([kept], await api.ListAsync());
        await Eventually.TrueAsync(() => !Remains().Any(), "nothing but its tombstone is left of the video in the data folder");
        (await api.GetAsync($"/api/videos/{kept}/source")).Is(200);

        IEnumerable<string> Remains() => Files().Concat(shared.Data.Uploads).Where(file => file.Contains(id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task VideoIsGoneAndNeverReady_WhenItIsDeletedBeforeItWasProcessed()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var id = await api.UploadAsync(Samples.Mp4);
        (await api.DeleteAsync($"/api/videos/{id}")).Is(204);

        // How far it came is a race; that every state came in order and none after the last is not.
        var states = (await socket.UntilAsync(id, "deleted")).Select(e => e.State).ToList();
        Assert.Equal(new[] { "receiving", "uploaded", "queued", "processing", "ready" }.Take(states.Count - 1).Append("deleted"), states);
        await Eventually.TrueAsync(() => !Files().Any(file => file.Contains(id, StringComparison.Ordinal)),
            "its files are gone");
        Assert.Empty(await socket.SoFarAsync());
        Assert.Empty(await api.ListAsync());
    }

    /// <summary>But for the tombstones of videos.</summary>
    private IEnumerable<string> Files() =>
        shared.Data.Objects.Concat(shared.Data.State.Where(file => !file.StartsWith("state/video/", StringComparison.Ordinal)));
}
