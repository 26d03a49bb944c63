using System.Net.Http.Headers;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Silo.Stops;

/// <summary>The steps in which one silo stops, as its clients see them.</summary>
public sealed class StopTests
{
    // Longer than any of the tests waits: what ends in time was not waited for.
    private const string Forever = "600";

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task RequestsAreServedAndAreTheLastOfTheirConnections_WhileTheSiloIsNotReady()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Cluster__UnreadySeconds", Forever), ("Cluster__DrainSeconds", "0"));
        using var api = silo.As("alice");
        Assert.False((await api.GetAsync("/api/videos")).Headers.Contains("Connection"));

        await silo.TerminateAsync();

        await Eventually.TrueAsync(async () => (await api.GetAsync("/health/ready")).Status == 503, "it is not ready");
        Assert.Equal("close", (await api.GetAsync("/api/videos")).Is(200).Header("Connection"));
        var id = await api.UploadAsync(Samples.Mp4);
        (await api.GetAsync($"/api/videos/{id}")).Is(200);
        await using var socket = await StatusClient.SubscribedAsync(api);
        await silo.TerminateAsync();
        await socket.IsClosedAsync(4200);
        Assert.True(await silo.ExitAsync() == 0, silo.Log);
    }

    [Fact]
    public async Task SlowUploadsEndWell_WhenTheyEndWithinTheDrainTime()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Cluster__DrainSeconds", Forever));
        using var api = silo.As("alice");
        var begun = new TaskCompletionSource();
        var form = SendFormAsync(api, begun, pieces: 20);
        await begun.Task;

        await silo.TerminateAsync();

        (await form).Is(201);
        Assert.True(await silo.ExitAsync() == 0, silo.Log);
    }

    [Fact]
    public async Task UploadsAreInterruptedAndNothingAcknowledgedIsLost_WhenTheDrainTimeIsOver()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Cluster__DrainSeconds", "1"));
        using var api = silo.As("alice");
        var path = await new TusClient(api).CreateAsync(2 * Samples.Mp4.Length);
        (await new TusClient(api).PatchAsync(path, 0, Samples.Mp4)).Is(204);
        var (formBegun, patchBegun) = (new TaskCompletionSource(), new TaskCompletionSource());
        var content = FormBody.Of(Samples.Mp4);
        var form = SendAsync(api, "POST /api/videos/upload", content.Bytes, formBegun, $"Content-Type: {content.ContentType}");
        var patch = SendAsync(api, $"PATCH {path}", Samples.Mp4, patchBegun,
            $"Content-Type: {TusClient.PieceType}", "Tus-Resumable: 1.0.0", $"Upload-Offset: {Samples.Mp4.Length}");
        await Task.WhenAll(formBegun.Task, patchBegun.Task);

        await silo.TerminateAsync();

        foreach (var answer in new[] { await form, await patch })
            Assert.NotNull(answer.IsProblem(503, "upload_interrupted").Header("Retry-After"));
        Assert.True(await silo.ExitAsync() == 0, silo.Log);
        await silo.StartAgainAsync();
        Assert.Empty(await api.ListAsync());
        var offset = await new TusClient(api).OffsetAsync(path);
        Assert.InRange(offset, Samples.Mp4.Length + 1, (2 * Samples.Mp4.Length) - 1);
        (await new TusClient(api).PatchAsync(path, offset, Samples.Mp4[((int)offset - Samples.Mp4.Length)..])).Is(204);
        byte[] whole = [.. Samples.Mp4, .. Samples.Mp4];
        Assert.Equal(whole, (await api.GetAsync($"/api/videos/{TusClient.IdOf(path)}/source")).Is(200).Body);
    }

    [Fact]
    public async Task NothingIsWaitedFor_WhenASecondSignalComes()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Cluster__UnreadySeconds", Forever), ("Cluster__DrainSeconds", Forever));
        using var api = silo.As("alice");
        var begun = new TaskCompletionSource();
        var form = SendFormAsync(api, begun, pieces: 600);
        await begun.Task;
        await silo.TerminateAsync();
        await Eventually.TrueAsync(async () => (await api.GetAsync("/health/ready")).Status == 503, "it is not ready");
        Assert.False(form.IsCompleted);

        await silo.TerminateAsync();

        Assert.True(await silo.ExitAsync() == 0, silo.Log);
        await Assert.ThrowsAnyAsync<Exception>(async () => (await form).Is(201));
    }

    private static Task<Answer> SendFormAsync(ApiClient api, TaskCompletionSource begun, int pieces)
    {
        var form = FormBody.Of(Samples.Mp4);
        var content = new StreamContent(new SlowStream(form.Bytes, pieces, _pause, begun));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(form.ContentType);
        return api.SendAsync(HttpMethod.Post, "/api/videos/upload", content);
    }

    /// <summary>Sends the first half, slowly, and reads the answer whenever it comes: the library's client reads none before it has sent everything.</summary>
    private static async Task<Answer> SendAsync(ApiClient api, string request, byte[] body, TaskCompletionSource begun, params string[] headers)
    {
        using var http = new RawHttp(api.Address);
        await http.SendHeadAsync($"{request} HTTP/1.1", [.. headers, $"Authorization: Bearer {api.Token}", $"Content-Length: {body.Length}"]);
        var sent = new SlowStream(body[..(body.Length / 2)], pieces: 6, _pause, begun).CopyToAsync(http.AsStream());
        var answer = await http.ReadAsync();
        await sent;
        return answer;
    }
}
