using System.Text;
using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>Nothing is left of a user who was erased: looked for in every byte of the data folder.</summary>
public sealed class ErasureTests
{
    private const string User = UserToErase.Name;
    private const string Secret = UserToErase.FileName;

    private static readonly (string, string) _tus = ("Tus-Resumable", "1.0.0");

    [Fact]
    public async Task NothingIsLeftOfAUser_WhenErased()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var admin = silo.As("root", "admin");
        using var bob = silo.As("bob");
        var bobs = await bob.UploadToReadyAsync(Samples.Mp4);
        var ids = await UserToErase.FillAsync(silo);
        Assert.NotEmpty(Left(silo, [User]));

        Assert.Equal("running", (await admin.DeleteAsync($"/api/admin/users/{User}")).Is(202).Json.GetProperty("state").GetString());
        await UserToErase.DoneAsync(admin);

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
        var ids = await UserToErase.FillAsync(silo);
        (await admin.DeleteAsync($"/api/admin/users/{User}")).Is(202);
        await silo.KillAsync();
        await silo.StartAgainAsync();
        using (var api = silo.As(User))
            (await api.GetAsync("/api/videos")).IsProblem(401, "token_revoked");
        // The answer to a question for it would start it again.
        await Eventually.TrueAsync(() => !Left(silo, [User]).Any(), "it goes on though nobody asks for it");
        await UserToErase.DoneAsync(admin);
        await IsGoneAsync(silo, ids);
    }

    [Fact]
    public async Task NothingNewComesIn_WhileTheUserIsBeingErased()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var admin = silo.As("root", "admin");
        var ids = await UserToErase.FillAsync(silo);
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
        await UserToErase.DoneAsync(admin);
        await IsGoneAsync(silo, ids);
    }

    [Fact]
    public async Task UploadRecordKeepsNoNameAndNoMetadata_WhenItsVideoIsDeleted()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As(User);
        var id = await UserToErase.TusAsync(api, Samples.Mp4);
        await api.UntilAsync(id, "ready");
        Assert.Contains(Left(silo, [Secret]), file => file.StartsWith("state/upload", StringComparison.Ordinal));
        (await api.DeleteAsync($"/api/videos/{id}")).Is(204);
        await Eventually.TrueAsync(
            () => !Left(silo, [Secret, Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))]).Any()
                && !Left(silo, [User]).Any(file => file.StartsWith("state/upload", StringComparison.Ordinal)),
            "the record of the upload is empty");
        (await api.SendAsync(HttpMethod.Head, $"/api/uploads/{id}", content: null, _tus)).Is(410);
    }

    [Fact]
    public async Task NothingOfTheCallerIsLeftOfAVideo_WhenItIsDeletedAndTheSiloKilled()
    {
        const string Inside = "inside-the-metadata";
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        string[] before;
        using (var api = silo.As(User))
        {
            await api.AddedAsync(new { url = "http://127.0.0.1:9/all" });
            await api.UploadToReadyAsync(Samples.Mp4, "stays.mp4");
            var form = new FormBody().Field("external_id", Inside).Field("note", Inside).File(Samples.Mp4, Secret).End();
            var id = (await api.PostAsync(form)).Is(201).Json.GetProperty("video_id").GetString()!;
            await api.UntilAsync(id, "ready");
            // Each place of which it is to go has it, or its going would show nothing.
            await Eventually.TrueAsync(
                () => Left(silo, [Inside]).Any(file => file.StartsWith("state/status/", StringComparison.Ordinal))
                    && Left(silo, [Inside]).Any(file => file.StartsWith("state/webhook", StringComparison.Ordinal)),
                "journal and webhook have it");
            before = await HistoryAsync(api);
            (await api.DeleteAsync($"/api/videos/{id}")).Is(204);
            await silo.KillAsync();
        }

        await silo.StartAgainAsync();
        await Eventually.TrueAsync(() => !Left(silo, [Secret, Inside]).Any(), "nothing is left");
        using var again = silo.As(User);
        var history = await HistoryAsync(again);
        // Each event is where it was.
        Assert.Equal(before, history[..before.Length]);
        Assert.EndsWith("video.deleted", history[^1], StringComparison.Ordinal);
        var text = (await again.GetAsync("/api/events/history")).Is(200).Text;
        Assert.Contains("stays.mp4", text, StringComparison.Ordinal);
    }

    private static async Task<string[]> HistoryAsync(ApiClient api) =>
    [
        .. (await api.GetJsonAsync("/api/events/history")).GetProperty("events").EnumerateArray()
            .Select(e => string.Join(' ', ((string[])["cursor", "id", "time", "subject", "type"]).Select(name => e.GetProperty(name).GetString()))),
    ];

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

    private static IEnumerable<string> Left(SiloProcess silo, IReadOnlyList<string> texts) =>
        Remains.InFolder(silo.Data).Where(kept => texts.Any(text => kept.Text.Contains(text, StringComparison.Ordinal))).Select(kept => kept.Place);
}
