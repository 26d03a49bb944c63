using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Admin;

/// <summary>The videos of all users, for operators and back ends that act for all users.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb)]
public sealed class VideoAdminTests
{
    private const string Videos = "/api/admin/videos";

    [Fact]
    public async Task AllVideosAreListed_OfFiles()
    {
        await using var silo = await SiloProcess.StartAsync();
        await ListsAllAsync(silo);
    }

    [ContractFact]
    public async Task AllVideosAreListed_OfADatabase()
    {
        await using var server = (await PostgresServer.TryStartAsync())!;
        await using var silo = await SiloProcess.StartAsync(
            data: null, ("Cluster__Kind", "postgres"), ("Cluster__OneSilo", "true"), ("Cluster__AdvertisedAddress", "127.0.0.1"), ("Cluster__SiloPort", "0"),
            ("Cluster__ConnectionString", await server.CreateClusterDatabaseAsync()));
        await ListsAllAsync(silo);
    }

    private static async Task ListsAllAsync(SiloProcess silo)
    {
        using var admin = silo.As("operator", "admin");
        var owners = new Dictionary<string, string>();
        foreach (var user in (string[])["ann", "Bob Ü", "carol"])
        {
            using var api = silo.As(user);
            for (var i = 0; i < 3; i++)
                owners[await api.UploadToReadyAsync(Samples.Mp4, $"{i}.mp4")] = user;
        }

        using var carol = silo.As("carol");
        var gone = owners.First(video => video.Value == "carol").Key;
        (await carol.DeleteAsync($"/api/videos/{gone}")).Is(204);
        owners.Remove(gone);

        // In pages, each once.
        var found = new Dictionary<string, string>();
        for (var cursor = ""; ;)
        {
            var page = await admin.GetJsonAsync($"{Videos}?limit=3{cursor}");
            foreach (var video in page.GetProperty("items").EnumerateArray())
                found.Add(video.GetProperty("video_id").GetString()!, video.GetProperty("owner").GetString()!);
            if (!page.TryGetProperty("next_cursor", out var next))
                break;
            cursor = $"&cursor={next.GetString()}";
        }

        Assert.Equal(owners.OrderBy(video => video.Key), found.OrderBy(video => video.Key));
        await FindsAsync(admin, "?owner=Bob%20%C3%9C", [.. owners.Where(video => video.Value == "Bob Ü").Select(video => video.Key)]);
        await FindsAsync(admin, "?owner=nobody", []);
        await FindsAsync(admin, "?status=failed", []);
        await FindsAsync(admin, "?status=ready,failed", [.. owners.Keys]);
        await FindsAsync(admin, "?created_before=2020-01-01T00:00:00Z", []);

        // Whose they are is shown, and no way to look at them.
        var first = (await admin.GetJsonAsync($"{Videos}?limit=1")).GetProperty("items")[0];
        Assert.False(first.GetProperty("links").TryGetProperty("source_url", out _));
        var one = await admin.GetJsonAsync($"{Videos}/{first.GetProperty("video_id").GetString()}");
        Assert.Equal(first.GetRawText(), one.GetRawText());
        foreach (var id in (string[])[gone, new('0', 32), "nonsense"])
            (await admin.GetAsync($"{Videos}/{id}")).IsProblem(404, "not_found");
        (await carol.GetAsync($"{Videos}/{gone}")).IsProblem(403, "scope_missing");
        Assert.False((await carol.GetJsonAsync("/api/videos")).GetProperty("items")[0].TryGetProperty("owner", out _));
        Assert.Equal(2 * Samples.Mp4.Length, (await admin.GetJsonAsync("/api/admin/users/carol/usage")).GetProperty("total_bytes").GetInt64());

        (await admin.GetAsync($"{Videos}?cursor=1")).IsProblem(400, "cursor_invalid");
        (await admin.GetAsync($"{Videos}?sort=created")).IsProblem(400, "sort_invalid");
        (await admin.GetAsync($"{Videos}?status=lost")).IsProblem(400, "status_invalid");
        (await admin.GetAsync($"{Videos}?limit=0")).IsProblem(400, "limit_invalid");
        (await carol.GetAsync(Videos)).IsProblem(403, "scope_missing");
        (await carol.GetAsync("/api/admin/users/ann/usage")).IsProblem(403, "scope_missing");
    }

    private static async Task FindsAsync(ApiClient admin, string query, string[] expected) => Assert.Equal(
        expected.Order(), (await admin.GetJsonAsync(Videos + query)).GetProperty("items").EnumerateArray()
            .Select(video => video.GetProperty("video_id").GetString()!).Order());
}
