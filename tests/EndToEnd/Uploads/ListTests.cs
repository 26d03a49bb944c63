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

    public static TheoryData<string> Ways => ["tus", "ietf", "direct", "form"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task DataOfTheCallerIsShown_WhenItCameBy(string way)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var live = new RawHttp(shared.Silo.Address);
        var field = ("Upload-Metadata", $"external_id {TusClient.Base64("order 42/ü")},album {TusClient.Base64("Ferien 🏖")},empty");
        var without = TusClient.IdOf(await new TusClient(api).CreateAsync(100));
        using var direct = new DirectClient(api);
        switch (way)
        {
            case "tus":
                await new TusClient(api).CreateAsync(100, field);
                break;
            case "ietf":
                (await new IetfClient(api).PostAsync(Samples.Mp4[..1000], last: false, field)).Is(201);
                break;
            case "direct":
                var metadata = new Dictionary<string, string> { ["album"] = "Ferien 🏖", ["empty"] = "" };
                (await direct.PostAsync("/api/uploads/direct", new { size = 100, external_id = "order 42/ü", metadata })).Is(201);
                break;
            default:
                var form = new FormBody().Field("external_id", "order 42/ü").Field("album", "Ferien 🏖").Field("empty", "").File(Samples.Mp4).End();
                await live.SendHeadAsync("POST /api/videos/upload HTTP/1.1", $"Authorization: Bearer {api.Token}", $"Content-Type: {form.ContentType}",
                    $"Content-Length: {form.Bytes.Length}");
                await live.SendAsync(form.Bytes.AsMemory(0, form.Bytes.Length - 500));
                break;
        }

        JsonElement[] items = [];
        await Eventually.TrueAsync(async () => (items = await ListAsync(api)).Length == 2, "the upload is listed");
        var upload = items.Single(item => Id(item) != without);
        HasData(upload);
        Assert.All((string[])["external_id", "metadata"], name => Assert.False(items.Single(item => Id(item) == without).TryGetProperty(name, out _), name));
        if (way is "direct")
            HasData((await api.GetAsync($"/api/uploads/{Id(upload)}/parts")).Is(200).Json);

        static void HasData(JsonElement shown)
        {
            Assert.Equal("order 42/ü", shown.GetProperty("external_id").GetString());
            Assert.Equal([("album", "Ferien 🏖"), ("empty", "")],
                shown.GetProperty("metadata").EnumerateObject().Select(member => (member.Name, member.Value.GetString()!)).Order());
        }
    }

    [Fact]
    public async Task OnlyUploadsOfAnExternalIdAreListed_WhenTheQueryNamesOne()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var wanted = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            var field = ("Upload-Metadata", $"external_id {TusClient.Base64(i % 3 == 0 ? "a b" : "other")}");
            var id = TusClient.IdOf(await tus.CreateAsync(100, field));
            if (i % 3 == 0)
                wanted.Add(id);
        }

        // Ids of one millisecond have no order of their own.
        wanted.Sort((one, other) => string.CompareOrdinal(other, one));
        Assert.Equal(wanted, (await ListAsync(api, "?external_id=a%20b")).Select(Id));
        Assert.Empty(await ListAsync(api, "?external_id=a"));
        var first = (await api.GetAsync("/api/uploads?external_id=a%20b&limit=2")).Is(200).Json;
        Assert.Equal(wanted[..2], first.GetProperty("items").EnumerateArray().Select(Id));
        var rest = await ListAsync(api, $"?external_id=a%20b&limit=2&cursor={first.GetProperty("next_cursor").GetString()}");
        Assert.Equal(wanted[2..], rest.Select(Id));
        (await api.GetAsync("/api/uploads?external_id=")).IsProblem(400, "external_id_invalid");
        (await api.GetAsync($"/api/uploads?external_id={new string('x', 256)}")).IsProblem(400, "external_id_invalid");
    }

    private static async Task<JsonElement[]> ListAsync(ApiClient api, string query = "") =>
        [.. (await api.GetAsync("/api/uploads" + query)).Is(200).Json.GetProperty("items").EnumerateArray()];

    private static string Id(JsonElement item) => item.GetProperty("id").GetString()!;
}
