using System.Globalization;
using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>Showing a video on a page, which sends no token with what it embeds.</summary>
[Collection(DefaultSilo.Name)]
[NeedsPrograms("ffmpeg")]
public sealed class LinkTests(DefaultSilo shared)
{
    [ContractFact]
    public async Task RecordHasAddressesThatNeedNoToken()
    {
        using var owner = Owner();
        var video = await owner.UploadToReadyAsync(Samples.Mp4, "holiday – été.mp4");
        var links = (await owner.GetJsonAsync($"/api/videos/{video}")).GetProperty("links");
        using var page = Anyone();

        var source = (await page.GetAsync(PathOf(links, "source_url"))).Is(200);
        var part = (await page.GetAsync(PathOf(links, "source_url"), ("Range", "bytes=10-19"))).Is(206);
        var poster = (await page.GetAsync(PathOf(links, "poster_url"))).Is(200);
        var head = (await page.SendAsync(HttpMethod.Head, PathOf(links, "source_url"))).Is(200);

        Assert.Equal(Samples.Mp4, source.Body);
        Assert.Equal(Samples.Mp4[10..20], part.Body);
        Assert.Equal($"{Samples.Mp4.Length}", head.Header("Content-Length"));
        Assert.Equal(("video/mp4", "image/jpeg"), (source.Header("Content-Type"), poster.Header("Content-Type")));
        Assert.Equal(("*", "cross-origin", "no-referrer", "max-age=300, private"), (
            source.Header("Access-Control-Allow-Origin"), source.Header("Cross-Origin-Resource-Policy"), source.Header("Referrer-Policy"),
            source.Header("Cache-Control")));
        (await page.GetAsync(PathOf(links, "source_url"), ("If-None-Match", source.Header("ETag")!))).Is(304);
        var left = links.GetProperty("urls_expire_at").GetDateTimeOffset() - TimeProvider.System.GetUtcNow();
        Assert.InRange(left, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));

        var alone = await owner.GetJsonAsync($"/api/videos/{video}/links");
        Assert.Equal(Samples.Mp4, (await page.GetAsync(PathOf(alone, "source_url"))).Is(200).Body);
        var listed = (await owner.GetJsonAsync("/api/videos")).GetProperty("items")[0].GetProperty("links");
        (await page.GetAsync(PathOf(listed, "poster_url"))).Is(200);
    }

    [Fact]
    public async Task AddressIsRefused_WhenAnythingOfItIsChanged()
    {
        using var owner = Owner();
        var (video, other) = (await owner.UploadToReadyAsync(Samples.Mp4), await owner.UploadToReadyAsync(Samples.Mp4));
        var path = PathOf(await owner.GetJsonAsync($"/api/videos/{video}/links"), "source_url");
        var (expires, signature) = (Query(path, "expires"), Query(path, "signature"));
        using var page = Anyone();

        foreach (var changed in (string[])[
            path.Replace(video, other, StringComparison.Ordinal),
            path.Replace("/source?", "/poster?", StringComparison.Ordinal),
            path.Replace(expires, $"{long.Parse(expires, CultureInfo.InvariantCulture) + 1}", StringComparison.Ordinal),
            path.Replace(expires, "0" + expires, StringComparison.Ordinal),
            path.Replace(signature, new string('A', signature.Length), StringComparison.Ordinal),
            path.Replace(signature, signature[1..], StringComparison.Ordinal),
            path + "&share=0",
            path + "&signature=" + signature,
            $"/media/{video}/source",
        ])
            (await page.GetAsync(changed)).IsProblem(403, "url_invalid");
        (await page.GetAsync(path)).Is(200);
        (await page.SendAsync(HttpMethod.Post, path)).IsProblem(405, "method_not_allowed");
    }

    [Fact]
    public async Task AddressEndsWithItsVideo()
    {
        using var owner = Owner();
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var path = PathOf(await owner.GetJsonAsync($"/api/videos/{video}/links"), "source_url");
        using var page = Anyone();
        (await page.GetAsync(path)).Is(200);

        (await owner.DeleteAsync($"/api/videos/{video}")).Is(204);

        (await page.GetAsync(path)).IsProblem(404, "not_found");
        (await owner.GetAsync($"/api/videos/{video}/links")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task AddressEndsWithAllTokensOfItsOwner()
    {
        var user = SiloFixture.NewUser();
        using var owner = shared.Silo.As(user);
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var path = PathOf(await owner.GetJsonAsync($"/api/videos/{video}/links"), "source_url");
        using var page = Anyone();
        (await page.GetAsync(path)).Is(200);

        using var admin = shared.Silo.As("operator", "admin");
        (await admin.PostJsonAsync("/api/admin/denials", JsonSerializer.Serialize(new { user }))).Is(201);

        (await page.GetAsync(path)).IsProblem(403, "url_invalid");
    }

    [Fact]
    public async Task OthersGetNoAddresses()
    {
        using var owner = Owner();
        using var stranger = Owner();
        using var anyone = Anyone();
        var video = await owner.UploadToReadyAsync(Samples.Mp4);

        (await stranger.GetAsync($"/api/videos/{video}/links")).IsProblem(404, "not_found");
        (await stranger.GetAsync("/api/videos/none/links")).IsProblem(404, "not_found");
        (await anyone.GetAsync($"/api/videos/{video}/links")).IsProblem(401, "token_missing");
    }

    [Fact]
    public async Task GuestPlays_WhereTheShareAllowsItAndUntilItEnds()
    {
        using var owner = Owner();
        var (video, other) = (await owner.UploadToReadyAsync(Samples.Mp4), await owner.UploadToReadyAsync(Samples.Mp4));
        var (plays, watches) = (await ShareAsync(owner, video, "?play=true&ttl=600"), await ShareAsync(owner, video, ""));
        using var guest = new ApiClient(shared.Silo.Address, plays.GetProperty("token").GetString());
        using var viewer = new ApiClient(shared.Silo.Address, watches.GetProperty("token").GetString());
        using var page = Anyone();

        var links = await guest.GetJsonAsync($"/api/videos/{video}/links");
        Assert.Equal(Samples.Mp4, (await page.GetAsync(PathOf(links, "source_url"))).Is(200).Body);
        Assert.True(links.GetProperty("expires_at").GetDateTimeOffset() <= plays.GetProperty("expires_at").GetDateTimeOffset());
        (await viewer.GetAsync($"/api/videos/{video}/links")).IsProblem(403, "play_not_shared");
        (await guest.GetAsync($"/api/videos/{other}/links")).IsProblem(404, "not_found");
        // The token itself opens no more than before.
        (await guest.GetAsync($"/api/videos/{video}/source")).IsProblem(403, "scope_missing");
        Assert.Equal([true, false], (await owner.GetJsonAsync($"/api/videos/{video}/shares")).GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("play").GetBoolean()));

        (await owner.DeleteAsync($"/api/videos/{video}/share/{plays.GetProperty("id").GetString()}")).Is(204);

        (await page.GetAsync(PathOf(links, "source_url"))).IsProblem(404, "not_found");
        (await guest.GetAsync($"/api/videos/{video}/links")).IsProblem(404, "not_found");
        (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?play=perhaps")).Is(400);
    }

    private ApiClient Owner() => shared.Silo.As(SiloFixture.NewUser());

    private ApiClient Anyone() => new(shared.Silo.Address, token: null);

    private static async Task<JsonElement> ShareAsync(ApiClient owner, string video, string query) =>
        (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share{query}")).Is(201).Json;

    private static string PathOf(JsonElement links, string name) => new Uri(links.GetProperty(name).GetString()!).PathAndQuery;

    private static string Query(string path, string name) =>
        System.Web.HttpUtility.ParseQueryString(path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..])[name]!;
}
