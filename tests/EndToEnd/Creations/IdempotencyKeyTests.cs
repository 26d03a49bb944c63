using System.Net.Http.Json;
using Ingestion.Tests.EndToEnd.Uploads.Ietf;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Creations;

/// <summary>A client that missed an answer sends its request again, with the same key: there is one resource.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class IdempotencyKeyTests(DefaultSilo shared)
{
    private const string Field = "Idempotency-Key";

    [Fact]
    public async Task FormIsOneVideo_WhenItComesAgain()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var first = (await FormAsync(api, "k1")).Is(201);
        var second = (await FormAsync(api, "k1")).Is(201);
        Assert.Equal(VideoOf(first), VideoOf(second));
        Assert.Equal(first.Header("Location"), second.Header("Location"));
        Assert.Equal([VideoOf(first)], await api.ListAsync());

        // Other keys, and other users, are others.
        Assert.NotEqual(VideoOf(first), VideoOf((await FormAsync(api, "k2")).Is(201)));
        using var other = shared.Silo.As(SiloFixture.NewUser());
        Assert.NotEqual(VideoOf(first), VideoOf((await FormAsync(other, "k1")).Is(201)));
    }

    [Fact]
    public async Task FormIsRefused_WhenItDeclaresAnotherNameOrLength()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await FormAsync(api, "k")).Is(201);
        (await FormAsync(api, "k", name: "other.mp4")).IsProblem(422, "idempotency_key_reused");
        (await FormAsync(api, "k", content: [.. Samples.Mp4, 0])).IsProblem(422, "idempotency_key_reused");
        // Bytes are not compared.
        var changed = Samples.Mp4.ToArray();
        changed[^1] ^= 1;
        (await FormAsync(api, "k", content: changed)).Is(201);
        Assert.Single(await api.ListAsync());
    }

    [Theory]
    [InlineData("--x")]
    [InlineData("----WebKitFormBoundary7MA4YWxkTrZu0gW")]
    public async Task FormIsOneVideo_WhenItComesAgainWithAnotherBoundary(string boundary)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var first = (await SendAsync(api, Form(new FormBody()), "k")).Is(201);
        var second = (await SendAsync(api, Form(new FormBody(boundary)), "k")).Is(201);
        Assert.Equal(VideoOf(first), VideoOf(second));
        // What stands before the first boundary is no part of it.
        Assert.Equal(VideoOf(first), VideoOf((await SendAsync(api, Form(new FormBody(boundary).Text("preamble\r\n")), "k")).Is(201)));

        static FormBody Form(FormBody form) => form.Field("external_id", "one").Field("album", "x").File(Samples.Mp4).End();
    }

    [Fact]
    public async Task FormIsRefused_WhenItDeclaresAnotherFieldOrType()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await SendAsync(api, Form("1", "x", "video/mp4"), "k")).Is(201);
        (await SendAsync(api, Form("1", "x", "video/mp4"), "k")).Is(201);
        (await SendAsync(api, Form("2", "x", "video/mp4"), "k")).IsProblem(422, "idempotency_key_reused");
        (await SendAsync(api, Form("1", "y", "video/mp4"), "k")).IsProblem(422, "idempotency_key_reused");
        (await SendAsync(api, Form("1", "x", "video/mp5"), "k")).IsProblem(422, "idempotency_key_reused");
        Assert.Single(await api.ListAsync());

        static FormBody Form(string externalId, string album, string type) => new FormBody("b").Field("external_id", externalId).Field("album", album)
            .Text($"--b\r\nContent-Disposition: form-data; name=\"video_file\"; filename=\"clip.mp4\"\r\nContent-Type: {type}\r\n\r\n").Raw(Samples.Mp4)
            .Text("\r\n").End();
    }

    [Fact]
    public async Task KeyIsFreeAgain_WhenTheFormWasRefused()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await FormAsync(api, "k", content: new byte[10_000])).IsProblem(415, "not_a_video");
        (await FormAsync(api, "k")).Is(201);
        Assert.Single(await api.ListAsync());
    }

    [Fact]
    public async Task SecondFormIsRefused_WhileTheFirstStillRuns()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var form = FormBody.Of(Samples.Mp4);
        using var live = new RawHttp(shared.Silo.Address);
        await live.SendHeadAsync("POST /api/videos/upload HTTP/1.1", $"Authorization: Bearer {api.Token}", $"Content-Type: {form.ContentType}",
            $"Content-Length: {form.Bytes.Length}", $"{Field}: k");
        await live.SendAsync(form.Bytes.AsMemory(0, 10_000));
        Assert.Equal("receiving", (await socket.NextAsync("evt")).State);
        Assert.NotNull((await FormAsync(api, "k")).IsProblem(409, "idempotency_key_running").Header("Retry-After"));
        await live.SendAsync(form.Bytes.AsMemory(10_000));
        var answer = await live.ReadAsync();
        Assert.Equal(VideoOf(answer.Is(201)), VideoOf((await FormAsync(api, "k")).Is(201)));
        Assert.Single(await api.ListAsync());
    }

    [Fact]
    public async Task NoOtherVideoIsMade_WhenTheFirstWasDeleted()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = VideoOf((await FormAsync(api, "k")).Is(201));
        (await api.SendAsync(HttpMethod.Delete, $"/api/videos/{id}")).Is(204);
        (await FormAsync(api, "k")).IsProblem(410, "upload_gone");
        Assert.Empty(await api.ListAsync());
    }

    [Theory]
    [InlineData("a\tb", 400)]
    [InlineData("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", 201)]
    public async Task KeyIsCheckedFirst(string key, int status)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        foreach (var (given, expected) in new[] { (key, status), (new string('k', 255), 201), (new string('k', 256), 400) })
        {
            var answer = await new TusClient(api).PostAsync(null, ("Upload-Length", "100"), (Field, given));
            Assert.Equal(expected, answer.Status);
        }
    }

    [Fact]
    public async Task TusUploadIsOne_WhenItsCreationComesAgain()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length, (Field, "k"));
        (await tus.PatchAsync(path, 0, Samples.Mp4[..1000])).Is(204);
        Assert.Equal(path, await tus.CreateAsync(Samples.Mp4.Length, (Field, "k")));
        (await tus.PostAsync(null, ("Upload-Length", "7"), (Field, "k"))).IsProblem(422, "idempotency_key_reused");
        (await tus.PostAsync(null, ("Upload-Length", $"{Samples.Mp4.Length}"), ("Upload-Metadata", "filename eA=="), (Field, "k")))
            .IsProblem(422, "idempotency_key_reused");
        (await tus.PatchAsync(path, 1000, Samples.Mp4[1000..])).Is(204);
        Assert.Equal(path, await tus.CreateAsync(Samples.Mp4.Length, (Field, "k")));
        Assert.Equal([TusClient.IdOf(path)], await api.ListAsync());
    }

    [Fact]
    public async Task DraftsUploadIsOne_WhenItsCreationComesAgain()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var draft = new IetfClient(api);
        var path = await draft.CreateAsync(Samples.Mp4[..1000], (Field, "k"));
        Assert.Equal(path, await draft.CreateAsync(Samples.Mp4[..1000], (Field, "k")));
        var whole = await draft.PostAsync(Samples.Mp4, last: true, (Field, "w"));
        var again = await draft.PostAsync(Samples.Mp4, last: true, (Field, "w"));
        Assert.Equal(VideoOf(whole.Is(201)), VideoOf(again.Is(201)));
        Assert.Single(await api.ListAsync());
    }

    [Fact]
    public async Task DirectUploadIsOne_WhenItsCreationComesAgain()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var first = (await JsonAsync(api, "/api/uploads/direct", new { size = 100_000, name = "a.mp4" }, "k")).Is(201);
        var second = (await JsonAsync(api, "/api/uploads/direct", new { size = 100_000, name = "a.mp4" }, "k")).Is(201);
        Assert.Equal(first.Json.GetProperty("id").GetString(), second.Json.GetProperty("id").GetString());
        Assert.Equal(first.Header("Location"), second.Header("Location"));
        (await JsonAsync(api, "/api/uploads/direct", new { size = 100_001, name = "a.mp4" }, "k")).IsProblem(422, "idempotency_key_reused");
        Assert.Equal(1, (await api.GetJsonAsync("/api/usage")).GetProperty("uploads").GetInt32());
    }

    [Fact]
    public async Task ShareIsOne_WhenItsCreationComesAgain()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.UploadAsync(Samples.Mp4);
        var share = (await JsonAsync(api, $"/api/videos/{id}/share?ttl=600", null, "k")).Is(201).Json;
        var same = (await JsonAsync(api, $"/api/videos/{id}/share?ttl=600", null, "k")).Is(201).Json;
        Assert.Equal(share.GetProperty("id").GetString(), same.GetProperty("id").GetString());
        Assert.Equal(share.GetProperty("expires_at").GetString(), same.GetProperty("expires_at").GetString());
        (await JsonAsync(api, $"/api/videos/{id}/share?ttl=601", null, "k")).IsProblem(422, "idempotency_key_reused");
        Assert.Single((await api.GetJsonAsync($"/api/videos/{id}/shares")).GetProperty("items").EnumerateArray());
    }

    internal static Task<Answer> FormAsync(ApiClient api, string key, string name = "clip.mp4", byte[]? content = null) =>
        SendAsync(api, FormBody.Of(content ?? Samples.Mp4, name), key);

    private static Task<Answer> SendAsync(ApiClient api, FormBody form, string key)
    {
        var body = new ByteArrayContent(form.Bytes);
        body.Headers.TryAddWithoutValidation("Content-Type", form.ContentType);
        return api.SendAsync(HttpMethod.Post, "/api/videos/upload", body, (Field, key));
    }

    internal static string VideoOf(Answer answer) => answer.Json.GetProperty("video_id").GetString()!;

    internal static Task<Answer> JsonAsync(ApiClient api, string path, object? body, string key) =>
        api.SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body), (Field, key));
}

/// <summary>What a key stands for survives a crash.</summary>
public sealed class IdempotencyKeyRestartTests
{
    [Fact]
    public async Task FormIsOneVideo_WhenTheSiloIsKilledInBetween()
    {
        await using var silo = await SiloProcess.StartAsync(
            data: null, ("Roles", "api"), ("Webhooks__AllowInsecure", "true"), ("Webhooks__AllowPrivateAddresses", "true"));
        var wish = new { url = "http://127.0.0.1:9/hook" };
        string id, webhook, secret;
        using (var api = silo.As("alice"))
        {
            id = IdempotencyKeyTests.VideoOf((await IdempotencyKeyTests.FormAsync(api, "done")).Is(201));
            var made = (await IdempotencyKeyTests.JsonAsync(api, "/api/webhooks", wish, "hook")).Is(201).Json;
            (webhook, secret) = (made.GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
            // This one never ends: the next request does its work.
            var form = FormBody.Of(Samples.Mp4);
            await using var socket = await StatusClient.SubscribedAsync(api);
            using var live = new RawHttp(silo.Address);
            await live.SendHeadAsync("POST /api/videos/upload HTTP/1.1", $"Authorization: Bearer {api.Token}", $"Content-Type: {form.ContentType}",
                $"Content-Length: {form.Bytes.Length}", "Idempotency-Key: broken");
            await live.SendAsync(form.Bytes.AsMemory(0, 10_000));
            Assert.Equal("receiving", (await socket.NextAsync("evt")).State);
            await silo.KillAsync();
        }

        // The key's own state has no secrets: this one is sealed with the webhook.
        Assert.DoesNotContain(Directory.EnumerateFiles(silo.Data, "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains(secret, StringComparison.Ordinal));
        await silo.StartAgainAsync();
        using var after = silo.As("alice");
        var again = (await IdempotencyKeyTests.JsonAsync(after, "/api/webhooks", wish, "hook")).Is(201).Json;
        Assert.Equal((webhook, secret), (again.GetProperty("id").GetString(), again.GetProperty("secret").GetString()));
        (await IdempotencyKeyTests.JsonAsync(after, "/api/webhooks", new { url = "http://127.0.0.1:9/other" }, "hook")).IsProblem(422, "idempotency_key_reused");
        Assert.Equal(id, IdempotencyKeyTests.VideoOf((await IdempotencyKeyTests.FormAsync(after, "done")).Is(201)));
        var other = IdempotencyKeyTests.VideoOf((await IdempotencyKeyTests.FormAsync(after, "broken")).Is(201));
        Assert.Equal(other, IdempotencyKeyTests.VideoOf((await IdempotencyKeyTests.FormAsync(after, "broken")).Is(201)));
        Assert.Equal(new[] { id, other }.Order(StringComparer.Ordinal), (await after.ListAsync()).Order(StringComparer.Ordinal));
    }
}
