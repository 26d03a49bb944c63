using System.Text;
using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>A user with data of every kind, to be erased by an administrator.</summary>
internal static class UserToErase
{
    public const string Name = "alice-to-be-erased";

    /// <summary>Name of the user's files; no stored data may contain it after the erasure.</summary>
    public const string FileName = "holiday-with-carol.mp4";

    private static readonly (string, string) _tus = ("Tus-Resumable", "1.0.0");

    /// <summary>Something of each kind; the ids of the user's videos and uploads.</summary>
    public static async Task<string[]> FillAsync(SiloProcess silo)
    {
        using var api = silo.As(Name);
        var (form, tus) = (await api.UploadToReadyAsync(Samples.Mp4, FileName), await TusAsync(api, Samples.Mp4));
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

    /// <summary>A whole upload by tus, under <see cref="FileName"/>; its id.</summary>
    public static async Task<string> TusAsync(ApiClient api, byte[] content)
    {
        var id = await CreateAsync(api, content.Length);
        using var piece = new ByteArrayContent(content);
        piece.Headers.TryAddWithoutValidation("Content-Type", "application/offset+octet-stream");
        (await api.SendAsync(HttpMethod.Patch, $"/api/uploads/{id}", piece, _tus, ("Upload-Offset", "0"))).Is(204);
        return id;
    }

    /// <summary>Waits until the erasure is over.</summary>
    public static Task DoneAsync(ApiClient admin)
    {
        var last = "";
        return Eventually.TrueAsync(
            async () =>
            {
                var erasure = (await admin.GetAsync($"/api/admin/users/{Name}/erasure")).Is(200);
                last = erasure.Text;
                return erasure.Json.GetProperty("state").GetString() == "done";
            },
            () => $"done: {last}");
    }

    private static async Task<string> CreateAsync(ApiClient api, int length) => (await api.SendAsync(
        HttpMethod.Post, "/api/uploads", content: null, _tus, ("Upload-Length", $"{length}"),
        ("Upload-Metadata", $"filename {Convert.ToBase64String(Encoding.UTF8.GetBytes(FileName))}")))
        .Is(201).Header("Location")!.Split('/')[^1];
}
