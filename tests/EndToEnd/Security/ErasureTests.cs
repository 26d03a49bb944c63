using System.Text;
using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>Nothing is left of a user who was erased: looked for in every byte of the data folder.</summary>
public sealed class ErasureTests
{
    private const string User = "alice-to-be-erased";

    private static readonly (string, string) _tus = ("Tus-Resumable", "1.0.0");

    [Fact]
    public async Task NothingIsLeftOfAUser_WhenErased()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var admin = silo.As("root", "admin");
        using var bob = silo.As("bob");
        var bobs = await bob.UploadToReadyAsync(Samples.Mp4);
        var ids = await FillAsync(silo);
        Assert.NotEmpty(Left(silo, [User]));

        Assert.Equal("running", (await admin.DeleteAsync($"/api/admin/users/{User}")).Is(202).Json.GetProperty("state").GetString());
        await DoneAsync(admin);

        await IsGoneAsync(silo, ids);
        Assert.Equal([bobs], await bob.ListAsync());
        (await bob.GetAsync($"/api/videos/{bobs}/source")).Is(200);
        (await admin.GetAsync("/api/admin/users/nobody/erasure")).IsProblem(404, "not_found");
        (await bob.DeleteAsync($"/api/admin/users/{User}")).IsProblem(403, "scope_missing");
        // The user may return, as a new user.
        using var again = silo.As(User);
        Assert.Empty(await again.ListAsync());
        await again.UploadToReadyAsync(Samples.Mp4);
    }

    [Fact]
    public async Task ErasureContinues_WhenTheSiloIsKilledInTheMiddle()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var admin = silo.As("root", "admin");
        var ids = await FillAsync(silo);
        (await admin.DeleteAsync($"/api/admin/users/{User}")).Is(202);
        await silo.KillAsync();
        await silo.StartAgainAsync();
        using (var api = silo.As(User))
            (await api.GetAsync("/api/videos")).IsProblem(401, "token_revoked");
        await DoneAsync(admin);
        await IsGoneAsync(silo, ids);
    }

    [Fact]
    public async Task NothingNewComesIn_WhileTheUserIsBeingErased()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var admin = silo.As("root", "admin");
        var ids = await FillAsync(silo);
        using var api = silo.As(User);
        using var running = new RawHttp(silo.Address);
        var form = FormBody.Of(Samples.Padded(500_000));
        await running.SendHeadAsync("POST /api/videos/upload HTTP/1.1", $"Authorization: Bearer {api.Token}", $"Content-Type: {form.ContentType}",
            $"Content-Length: {form.Bytes.Length}");
        await running.SendAsync(form.Bytes.AsMemory(0, form.Bytes.Length / 2));

        (await admin.DeleteAsync($"/api/admin/users/{User}")).Is(202);

        (await api.PostAsync(FormBody.Of(Samples.Mp4))).IsProblem(401, "token_revoked");
        (await api.SendAsync(HttpMethod.Post, "/api/uploads", content: null, _tus, ("Upload-Length", "10"))).IsProblem(401, "token_revoked");
        await Assert.ThrowsAnyAsync<Exception>(running.ReadAsync);
        await DoneAsync(admin);
        await IsGoneAsync(silo, ids);
    }

    [Fact]
    public async Task UploadRecordKeepsNoNameAndNoMetadata_WhenItsVideoIsDeleted()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As(User);
        var id = await TusAsync(api, Samples.Mp4);
        await api.UntilAsync(id, "ready");
        Assert.Contains(Left(silo, [Secret]), file => file.StartsWith("state/upload", StringComparison.Ordinal));
        (await api.DeleteAsync($"/api/videos/{id}")).Is(204);
        await Eventually.TrueAsync(
            () => !Left(silo, [Secret, Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))]).Any() && !Left(silo, [User])
            .Any(file => file.StartsWith("state/upload", StringComparison.Ordinal)),
            "the record of the upload is empty");
        (await api.SendAsync(HttpMethod.Head, $"/api/uploads/{id}", content: null, _tus)).Is(410);
    }

    private const string Secret = "holiday-with-carol.mp4";

    /// <summary>Something of each kind; the ids of the user's videos and uploads.</summary>
    private static async Task<string[]> FillAsync(SiloProcess silo)
    {
        using var api = silo.As(User);
        var (form, tus) = (await api.UploadToReadyAsync(Samples.Mp4, Secret), await TusAsync(api, Samples.Mp4));
        await api.UntilAsync(tus, "ready");
        await ShareTests.ShareAsync(api, form);
        var deleted = await api.UploadToReadyAsync(Samples.Mp4);
        (await api.DeleteAsync($"/api/videos/{deleted}")).Is(204);
        var open = await CreateAsync(api, 100_000);
        using (var piece = new ByteArrayContent(Samples.Mp4[..10_000]))
        {
            piece.Headers.TryAddWithoutValidation("Content-Type", "application/offset+octet-stream");
            (await api.SendAsync(HttpMethod.Patch, $"/api/uploads/{open}", piece, _tus, ("Upload-Offset", "0"))).Is(204);
        }

        var partial = (await api.SendAsync(HttpMethod.Post, "/api/uploads", content: null, _tus, ("Upload-Length", "10"), ("Upload-Concat", "partial"))).Is(201)
            .Header("Location")!.Split('/')[^1];
        var cancelled = await CreateAsync(api, 10);
        (await api.SendAsync(HttpMethod.Delete, $"/api/uploads/{cancelled}", content: null, _tus)).Is(204);
        await api.AddedAsync(new { url = "http://127.0.0.1:9/hook", events = new[] { "video.ready" }, when = "unacknowledged" });
        await api.AddedAsync(new { url = "http://127.0.0.1:9/all" });
        await api.UploadToReadyAsync(Samples.Mp4);
        return [form, tus, deleted, open, partial, cancelled, .. await api.ListAsync()];
    }

    private static async Task<string> TusAsync(ApiClient api, byte[] content)
    {
        var id = await CreateAsync(api, content.Length);
        using var piece = new ByteArrayContent(content);
        piece.Headers.TryAddWithoutValidation("Content-Type", "application/offset+octet-stream");
        (await api.SendAsync(HttpMethod.Patch, $"/api/uploads/{id}", piece, _tus, ("Upload-Offset", "0"))).Is(204);
        return id;
    }

    private static async Task<string> CreateAsync(ApiClient api, int length) => (await api.SendAsync(
        HttpMethod.Post, "/api/uploads", content: null, _tus, ("Upload-Length", $"{length}"),
        ("Upload-Metadata", $"filename {Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))}")))
        .Is(201).Header("Location")!.Split('/')[^1];

    private static Task DoneAsync(ApiClient admin)
    {
        var last = "";
        return Eventually.TrueAsync(
            async () =>
            {
                var erasure = (await admin.GetAsync($"/api/admin/users/{User}/erasure")).Is(200);
                last = erasure.Text;
                return erasure.Json.GetProperty("state").GetString() == "done";
            },
            () => $"done: {last}");
    }

    /// <summary>No file has the name or an id in it or in its path, and no folder of an id is left.</summary>
    private static async Task IsGoneAsync(SiloProcess silo, string[] ids)
    {
        // The queue keeps the lines of finished jobs until it rewrites its file, at a start at the latest.
        await silo.KillAsync();
        await silo.StartAgainAsync();
        Assert.Empty(Left(silo, [User, Secret]));
        // A tombstone holds the id of a video and when that was removed, until no job of it can exist.
        Assert.DoesNotContain(Left(silo, ids), file => !file.StartsWith("state/video", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Left(SiloProcess silo, IReadOnlyList<string> texts)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(silo.Data, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(silo.Data, path);
            var content = Directory.Exists(path) || name is "lock" || name.EndsWith("/lock", StringComparison.Ordinal) ? "" : Read(path);
            if (texts.Any(text => name.Contains(text, StringComparison.Ordinal) || content.Contains(text, StringComparison.Ordinal)))
                yield return name;
        }
    }

    private static string Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, Encoding.Latin1);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            // Gone in this moment.
            return "";
        }
    }
}
