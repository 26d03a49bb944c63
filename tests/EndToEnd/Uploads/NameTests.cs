using System.Net.Http.Headers;
using Ingestion.Tests.EndToEnd.Uploads.Direct;
using Ingestion.Tests.EndToEnd.Uploads.Ietf;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Uploads;

/// <summary>The name of a file goes in by every way, and comes back with all its characters.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class NameTests(DefaultSilo shared)
{
    private const string Encoded = "filename*=UTF-8''";

    public static TheoryData<string, string> Names() => new()
    {
        { "видео 🎬.mp4", "видео 🎬.mp4" },
        { "👩‍👩‍👧‍👦 می\u200Cخواهم 𠮷.mp4", "👩‍👩‍👧‍👦 می\u200Cخواهم 𠮷.mp4" },
        { "a\"b 'c' (1) 100% #?&;=.mp4", "a\"b 'c' (1) 100% #?&;=.mp4" },
        { "evil\u202Egnp.mp4", "evilgnp.mp4" },
        { "C:\\films\\кот.mp4", "кот.mp4" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public Task NameIsWhole_WhenItCameByForm(string given, string kept) =>
        CheckAsync(kept, async api => (await api.PostAsync(FormBody.Of(Samples.Mp4, Escape(given)))).Is(201).Json.GetProperty("video_id").GetString()!);

    [Theory]
    [MemberData(nameof(Names))]
    public Task NameIsWhole_WhenItCameByTus(string given, string kept) => CheckAsync(kept, async api =>
    {
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length, ("Upload-Metadata", $"filename {TusClient.Base64(given)}"));
        (await tus.PatchAsync(path, 0, Samples.Mp4)).Is(204);
        return TusClient.IdOf(path);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public Task NameIsWhole_WhenItCameByTheDraft(string given, string kept) => CheckAsync(kept, async api =>
    {
        var disposition = $"attachment; filename=\"x.mp4\"; filename*=UTF-8''{Uri.EscapeDataString(given)}";
        return (await new IetfClient(api).PostAsync(Samples.Mp4, last: true, ("Content-Disposition", disposition))).Is(201).Json
            .GetProperty("video_id").GetString()!;
    });

    [Theory]
    [MemberData(nameof(Names))]
    public Task NameIsWhole_WhenItCameDirectly(string given, string kept) => CheckAsync(kept, async api =>
    {
        using var direct = new DirectClient(api);
        var upload = await direct.BeginAsync(Samples.Mp4, given);
        return (await direct.CompleteAsync(upload, await direct.PutAllAsync(upload))).Is(201).Json.GetProperty("video_id").GetString()!;
    });

    [Fact]
    public async Task VideoHasNoName_WhenItIsTheNameOfAFolder()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        foreach (var name in new[] { ".", "..", "\u202E" })
            Assert.False((await api.PostAsync(FormBody.Of(Samples.Mp4, name))).Is(201).Json.TryGetProperty("file_name", out _));
    }

    private async Task CheckAsync(string name, Func<ApiClient, Task<string>> uploadAsync)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await uploadAsync(api);
        Assert.Equal(name, (await api.GetAsync($"/api/videos/{id}")).Is(200).Json.GetProperty("file_name").GetString());
        var sent = (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Header("Content-Disposition")!;
        Assert.Equal(name, ContentDispositionHeaderValue.Parse(sent).FileNameStar);
        Assert.All(sent, c => Assert.InRange(c, ' ', '~'));
        Assert.Equal(name, Uri.UnescapeDataString(sent[(sent.IndexOf(Encoded, StringComparison.Ordinal) + Encoded.Length)..]));
    }

    private static string Escape(string name) => name.Replace("\"", "\\\"", StringComparison.Ordinal);
}
