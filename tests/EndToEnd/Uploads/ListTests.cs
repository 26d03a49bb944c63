using Ingestion.Tests.EndToEnd.Uploads.Direct;
using Ingestion.Tests.EndToEnd.Uploads.Ietf;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Uploads;

/// <summary>A device that knows no address of an upload finds all that are unfinished, and continues or cancels them.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class ListTests(DefaultSilo shared)
{
    [Fact]
    public async Task EachUnfinishedUploadIsListed_NewestFirst()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (tus, draft) = (new TusClient(api), new IetfClient(api));
        using var direct = new DirectClient(api);
        var first = TusClient.IdOf(await tus.CreateAsync(5_000_000, ("Upload-Metadata", $"filename {TusClient.Base64("кот 🎬.mp4")}")));
        await tus.PatchAsync($"{TusClient.Uploads}/{first}", 0, Samples.Mp4);
        var second = IetfClient.IdOf(await draft.CreateAsync(Samples.Mp4[..1000]));
        var third = (await direct.BeginAsync(Samples.Mp4)).Id;
        var piece = TusClient.IdOf(await tus.UploadPartialAsync(Samples.Mp4[..500]));
        await api.UploadAsync(Samples.Mp4);

        var items = await ListAsync(api);
        Assert.Equal([piece, third, second, first], items.Select(Id));
        Assert.Equal(["partial", "direct", "resumable", "resumable"], items.Select(item => item.GetProperty("kind").GetString()));
        Assert.Equal(["complete", "open", "open", "open"], items.Select(item => item.GetProperty("status").GetString()));
        Assert.Equal([500, 0, 1000, Samples.Mp4.Length], items.Select(item => item.GetProperty("offset").GetInt64()));
        Assert.Equal("кот 🎬.mp4", items[3].GetProperty("file_name").GetString());
        Assert.Equal(5_000_000, items[3].GetProperty("length").GetInt64());
        Assert.False(items[2].TryGetProperty("length", out _));
        Assert.True(items[3].GetProperty("created_at").GetDateTimeOffset() < items[3].GetProperty("expires_at").GetDateTimeOffset());
        Assert.EndsWith($"/api/uploads/{third}/complete", items[1].GetProperty("links").GetProperty("complete").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UploadsOfOthersAndEndedOnesAreNotListed()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var other = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(100);
        Assert.Empty(await ListAsync(other));
        var link = (await ListAsync(api)).Single().GetProperty("links").GetProperty("self").GetString()!;
        (await tus.DeleteAsync(new Uri(link).AbsolutePath)).Is(204);
        Assert.Empty(await ListAsync(api));
        (await tus.HeadAsync(path)).Is(410);
    }

    [Fact]
    public async Task PagesFollowEachOther_WhenThereAreMany()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
            ids.Insert(0, TusClient.IdOf(await tus.CreateAsync(100)));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await api.GetAsync($"/api/uploads?limit=3{(cursor is null ? "" : "&cursor=" + cursor)}")).Is(200).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(Id));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        Assert.Equal(ids.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        Assert.Equal(ids.Count, seen.Distinct().Count());
        (await api.GetAsync("/api/uploads?limit=0")).IsProblem(400, "limit_invalid");
        (await api.GetAsync("/api/uploads?cursor=x")).IsProblem(400, "cursor_invalid");
    }

    [Fact]
    public async Task RequestGoesOn_WhenItsUploadIsListed()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        using var live = new RawHttp(shared.Silo.Address);
        await live.SendHeadAsync(
            $"PATCH {path} HTTP/1.1", tus.Fields("Upload-Offset: 0", $"Content-Type: {TusClient.PieceType}", $"Content-Length: {Samples.Mp4.Length}"));
        await live.SendAsync(Samples.Mp4.AsMemory(0, 10_000));
        Assert.Equal([TusClient.IdOf(path)], (await ListAsync(api)).Select(Id));
        await live.SendAsync(Samples.Mp4.AsMemory(10_000));
        (await live.ReadAsync()).Is(204);
        Assert.Empty(await ListAsync(api));
    }

    private static async Task<JsonElement[]> ListAsync(ApiClient api) =>
        [.. (await api.GetAsync("/api/uploads")).Is(200).Json.GetProperty("items").EnumerateArray()];

    private static string Id(JsonElement item) => item.GetProperty("id").GetString()!;
}
