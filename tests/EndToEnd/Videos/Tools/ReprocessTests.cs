using System.Net.Http.Json;

namespace Ingestion.Tests.EndToEnd.Videos.Tools;

/// <summary>A video that failed for no fault of its own has ways back: its owner's and the operator's. Meanwhile its progress says what is going on.</summary>
public sealed class ReprocessTests(BrokenToolTests.StubbedSilo shared) : IClassFixture<BrokenToolTests.StubbedSilo>
{
    [MediaFact]
    public async Task FailedVideoBecomesReady_WhenItsOwnerHasItProcessedOnceMore()
    {
        var tools = shared.FreshTools();
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = (await FailAsync(tools, api, 1))[0];
        await using var events = await StatusClient.SubscribedAsync(api);
        var record = (await PostAsync(api, $"/api/videos/{id}/reprocess")).Is(202).Json;
        Assert.Contains(record.GetProperty("status").GetString(), new[] { "queued", "processing", "ready" });
        Assert.False(record.TryGetProperty("error", out _));
        var states = (await events.UntilAsync(id, "ready")).Where(frame => frame.Op == "evt" && frame.IsJournalled).Select(frame => frame.State);
        Assert.Equal(["queued", "processing", "ready"], states);
        (await api.GetAsync($"/api/videos/{id}/poster")).Is(200);

        // A ready one too: with a newer ffmpeg more may be found.
        var runs = tools.Runs("ffprobe").Length;
        (await PostAsync(api, $"/api/videos/{id}/reprocess")).Is(202);
        await Eventually.TrueAsync(() => tools.Runs("ffprobe").Length == runs + 1, "it is measured again");
        await api.UntilAsync(id, "ready");
    }

    [MediaFact]
    public async Task NothingIsBegun_WhenTheVideoIsOnItsWayOrNotTheCallers()
    {
        var tools = shared.FreshTools();
        using var api = shared.Silo.As(SiloFixture.NewUser());
        tools.Once("ffprobe", "sleep 1");
        var id = await api.UploadAsync(Samples.Mp4);
        (await PostAsync(api, $"/api/videos/{id}/reprocess")).Is(202);
        await api.UntilAsync(id, "ready");
        Assert.Single(tools.Runs("ffprobe"));

        using var other = shared.Silo.As(SiloFixture.NewUser());
        (await PostAsync(other, $"/api/videos/{id}/reprocess")).IsProblem(404, "not_found");
        (await PostAsync(api, $"/api/videos/{new string('0', 32)}/reprocess")).IsProblem(404, "not_found");
        (await PostAsync(api, "/api/videos/nonsense/reprocess")).IsProblem(404, "not_found");
        using var reader = shared.Silo.As(SiloFixture.NewUser(), "read");
        (await PostAsync(reader, $"/api/videos/{id}/reprocess")).IsProblem(403, "scope_missing");
        Assert.Single(tools.Runs("ffprobe"));
    }

    [MediaFact]
    public async Task FailedVideoBecomesReady_WhenTheOperatorReplaysItsDeadLetter()
    {
        var tools = shared.FreshTools();
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var admin = shared.Silo.As("operator", "admin");
        var failed = await FailAsync(tools, api, 3);
        var (one, two, gone) = (failed[0], failed[1], failed[2]);
        (await api.DeleteAsync($"/api/videos/{gone}")).Is(204);

        var letter = await LetterOfAsync(admin, one);
        Assert.Equal(("too many attempts", false), (letter.GetProperty("reason").GetString(), letter.GetProperty("foreign").GetBoolean()));
        (await PostAsync(admin, $"/api/admin/dead-letters/{letter.GetProperty("id")}/replay")).Is(202);
        await api.UntilAsync(one, "ready");
        (await PostAsync(admin, $"/api/admin/dead-letters/{letter.GetProperty("id")}/replay")).IsProblem(404, "not_found");

        var orphan = (await LetterOfAsync(admin, gone)).GetProperty("id").GetString();
        (await PostAsync(admin, $"/api/admin/dead-letters/{orphan}/replay")).IsProblem(409, "dead_letter_orphaned");
        var all = (await PostAsync(admin, "/api/admin/dead-letters/replay", new { limit = 100 })).Is(200).Json;
        Assert.True(all.GetProperty("replayed").GetInt32() >= 1);
        Assert.Contains(all.GetProperty("left").EnumerateArray(), left => left.GetProperty("id").GetString() == orphan);
        await api.UntilAsync(two, "ready");

        (await admin.DeleteAsync($"/api/admin/dead-letters/{orphan}")).Is(204);
        (await admin.DeleteAsync($"/api/admin/dead-letters/{orphan}")).IsProblem(404, "not_found");
    }

    [MediaFact]
    public async Task OperatorSeesTheJobsThatWaitAndRun()
    {
        var tools = shared.FreshTools();
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var admin = shared.Silo.As("operator", "admin");
        tools.Once("ffprobe", "sleep 2; exit 1");
        var id = await api.UploadAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => await StateAsync() == "in_flight", "it is worked on");
        await Eventually.TrueAsync(async () => await StateAsync() == "delayed", "it waits for its next attempt");
        await api.UntilAsync(id, "ready");
        await Eventually.TrueAsync(async () => await StateAsync() is null, "its job is done");

        (await api.GetAsync("/api/admin/jobs")).IsProblem(403, "scope_missing");
        foreach (var limit in new[] { "0", "101", "x", "" })
            (await admin.GetAsync($"/api/admin/jobs?limit={limit}")).IsProblem(400, "limit_invalid");
        (await admin.GetAsync("/api/admin/jobs?kind=x")).IsProblem(400, "query_parameter_unknown");

        async Task<string?> StateAsync()
        {
            var jobs = await admin.GetJsonAsync("/api/admin/jobs?limit=100");
            Assert.Equal("file", jobs.GetProperty("queue").GetString());
            var items = jobs.GetProperty("items").EnumerateArray().ToArray();
            foreach (var state in (string[])["waiting", "delayed", "in_flight"])
                Assert.Equal(items.Count(item => item.GetProperty("state").GetString() == state), jobs.GetProperty(state).GetInt32());
            Assert.Equal(items.Length > 0, jobs.TryGetProperty("oldest_age", out var age) && age.GetDouble() >= 0);
            Assert.True(jobs.GetProperty("dead").GetInt32() >= 0);
            var job = items.FirstOrDefault(item => item.GetProperty("video_id").GetString() == id);
            return job.ValueKind is JsonValueKind.Object ? job.GetProperty("state").GetString() : null;
        }
    }

    [MediaFact]
    public async Task BadRequestsForDeadLetters_AreRefused()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var admin = shared.Silo.As("operator", "admin");
        (await api.GetAsync("/api/admin/dead-letters")).IsProblem(403, "scope_missing");
        foreach (var limit in new[] { "0", "101", "x", "" })
            (await admin.GetAsync($"/api/admin/dead-letters?limit={limit}")).IsProblem(400, "limit_invalid");
        (await PostAsync(admin, "/api/admin/dead-letters/replay", new { limit = 0 })).IsProblem(400, "limit_invalid");
        (await PostAsync(admin, "/api/admin/dead-letters/replay")).IsProblem(415, "json_expected");
        (await PostAsync(admin, "/api/admin/dead-letters/..%2Fjournal/replay")).IsProblem(404, "not_found");
    }

    [MediaFact]
    public async Task ProgressSaysTheStepTheAttemptAndWhenTheNextOneComes()
    {
        var tools = shared.FreshTools();
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var events = await StatusClient.SubscribedAsync(api);
        tools.Once("ffprobe", "sleep 1.5; exit 1");
        var id = await api.UploadAsync(Samples.Mp4);
        JsonElement waiting = default;
        await Eventually.TrueAsync(
            async () =>
                (await api.GetJsonAsync($"/api/videos/{id}")).TryGetProperty("progress", out waiting) && waiting.TryGetProperty("next_attempt_at", out _),
            "the record says when it is tried again");
        Assert.Equal(("probe", 1), (waiting.GetProperty("step").GetString(), waiting.GetProperty("attempt").GetInt32()));
        var progress = await ProgressAsync(events, id);
        Assert.Contains(progress, data => data.GetProperty("attempt").GetInt32() == 1 && data.TryGetProperty("next_attempt_at", out _));
        Assert.All(progress, data => Assert.Equal("processing", data.GetProperty("state").GetString()));
        Assert.False((await api.GetJsonAsync($"/api/videos/{id}")).TryGetProperty("progress", out _));
    }

    private static async Task<string[]> FailAsync(StubTools tools, ApiClient api, int videos)
    {
        tools.Always("ffprobe", "exit 127");
        var ids = await Task.WhenAll(Enumerable.Range(0, videos).Select(_ => api.UploadAsync(Samples.Mp4)));
        foreach (var id in ids)
            await api.UntilAsync(id, "failed");
        tools.Reset();
        return ids;
    }

    /// <summary>The data of the progress events of a video, until it is ready.</summary>
    private static async Task<List<JsonElement>> ProgressAsync(StatusClient events, string videoId)
    {
        var progress = new List<JsonElement>();
        while (true)
        {
            var frame = await events.NextAsync();
            if (frame.Op != "evt" || frame.VideoId != videoId)
                continue;
            if (frame.State == "ready")
                return progress;
            if (!frame.IsJournalled && frame.State == "processing")
                progress.Add(frame.Json.GetProperty("data").GetProperty("data"));
        }
    }

    /// <summary>The video is failed a moment before its job is a dead letter.</summary>
    private static async Task<JsonElement> LetterOfAsync(ApiClient admin, string videoId)
    {
        JsonElement found = default;
        await Eventually.TrueAsync(
            async () =>
            {
                var letters = (await admin.GetJsonAsync("/api/admin/dead-letters?limit=100")).GetProperty("items").EnumerateArray();
                found = letters.FirstOrDefault(letter => letter.GetProperty("video_id").GetString() == videoId);
                return found.ValueKind is JsonValueKind.Object;
            },
            "the job is a dead letter");
        return found;
    }

    private static Task<Answer> PostAsync(ApiClient api, string path, object? body = null) =>
        api.SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body));
}
