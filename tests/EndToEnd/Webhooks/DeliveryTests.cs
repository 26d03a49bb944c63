using Microsoft.AspNetCore.Http;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>Events on their way to a real server.</summary>
[Collection(WebhookSilo.Name)]
public sealed class DeliveryTests(WebhookSilo shared) : IAsyncLifetime
{
    private readonly ApiClient _api = shared.Silo.As(SiloFixture.NewUser());
    private Receiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await Receiver.StartAsync();

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task EventsAreThoseOfTheSocketAndSigned_WhenAVideoIsUploaded()
    {
        await using var socket = await StatusClient.SubscribedAsync(_api);
        var (id, secret) = await _api.AddedAsync(new { url = _receiver.Url() });
        var video = await _api.UploadToReadyAsync(Samples.Mp4);
        var published = await socket.UntilAsync(video, "ready");
        var received = await _receiver.UntilAsync("ready");

        Assert.Equal(published.Select(frame => frame.EventId), received.Select(request => request.Id));
        Assert.Equal(published.Select(frame => frame.Json.GetProperty("data").GetRawText().WithoutSigned()), received.Select(WithoutExtensions));
        Assert.Equal(published.Select(frame => frame.Cursor), received.Select(request => request.Json.GetProperty("cursor").GetString()));
        Assert.Equal(Enumerable.Range(1, published.Count).Select(place => $"{place:D19}"),
            received.Select(request => request.Json.GetProperty("sequence").GetString()));
        Assert.All(received, request =>
        {
            Assert.Equal([request.SignatureWith(secret)], request.Signatures);
            Assert.Equal("/hook?a=b&c=d", request.Path);
            Assert.Equal("application/cloudevents+json; charset=utf-8", request.Headers["Content-Type"]);
            Assert.DoesNotContain("traceparent", request.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        });

        await Eventually.TrueAsync(async () => (await _api.DeliveriesAsync(id)).Length == published.Count, "all are logged");
        var line = (await _api.DeliveriesAsync(id))[0];
        Assert.Equal(("delivered", 200, 1, "video.ready"), (line.GetProperty("outcome").GetString(), line.GetProperty("status").GetInt32(),
            line.GetProperty("attempt").GetInt32(), line.GetProperty("type").GetString()));
        var listed = (await _api.GetJsonAsync(WebhookClient.Path)).GetProperty("items")[0];
        Assert.Equal(published[^1].Cursor, listed.GetProperty("cursor").GetString());
    }

    [Fact]
    public async Task BothSecretsSignAndNoneIsEverListedOrLogged_WhenRotated()
    {
        var (id, old) = await _api.AddedAsync(new { url = _receiver.Url() });
        var rotation = (await _api.PostJsonAsync($"{WebhookClient.Path}/{id}/secret", "{}")).Is(200);
        Assert.Equal("no-store", rotation.Header("Cache-Control"));
        var fresh = rotation.Json.GetProperty("secret").GetString()!;
        Assert.NotEqual(old, fresh);
        Assert.InRange(Convert.FromBase64String(fresh["whsec_".Length..]).Length, 24, 64);

        await _api.UploadToReadyAsync(Samples.Mp4);
        var received = await _receiver.UntilAsync("ready");
        Assert.All(received, request => Assert.Equal([request.SignatureWith(fresh), request.SignatureWith(old)], request.Signatures));
        foreach (var path in new[] { "", $"/{id}/deliveries" })
            Assert.DoesNotContain("whsec_", (await _api.GetAsync(WebhookClient.Path + path)).Is(200).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", shared.Silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedirectIsAFailureAndNotFollowed_WhenTheReceiverAnswersWithOne()
    {
        _receiver.Answer = (_, response) =>
        {
            response.Redirect("/elsewhere", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        var (id, _) = await _api.AddedAsync(new { url = _receiver.Url("/hook"), events = new[] { "video.ready" } });
        await _api.UploadToReadyAsync(Samples.Mp4);
        var line = await FirstLineAsync(id);
        Assert.Equal(("failed", 307), (line.GetProperty("outcome").GetString(), line.GetProperty("status").GetInt32()));
        Assert.NotEqual(JsonValueKind.Null, line.GetProperty("next_attempt_at").ValueKind);
        Assert.All(_receiver.Requests, request => Assert.Equal("/hook", request.Path));
    }

    [Fact]
    public async Task AttemptEndsInTime_WhenTheReceiverNeverAnswers()
    {
        var held = new TaskCompletionSource();
        _receiver.Answer = (_, _) => held.Task;
        var (id, _) = await _api.AddedAsync(new { url = _receiver.Url(), events = new[] { "video.ready" } });
        await _api.UploadToReadyAsync(Samples.Mp4);
        var line = await FirstLineAsync(id);
        held.SetResult();
        Assert.Equal(("failed", "timeout"), (line.GetProperty("outcome").GetString(), line.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task EventIsTaken_WhenTheReceiverTalksOnAndOn()
    {
        var block = new byte[64 * 1024];
        _receiver.Answer = async (_, response) =>
        {
            try
            {
                for (var i = 0; i < 10_000; i++)
                    await response.Body.WriteAsync(block, response.HttpContext.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // As it should be: no server listens.
            }
        };
        var (id, _) = await _api.AddedAsync(new { url = _receiver.Url(), events = new[] { "video.ready" } });
        await _api.UploadToReadyAsync(Samples.Mp4);
        Assert.Equal("delivered", (await FirstLineAsync(id)).GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/", "connection_failed")]
    [InlineData("https://127.0.0.1:{0}/", "tls_failed")]
    public async Task CauseIsLogged_WhenTheReceiverCannotBeReached(string url, string error)
    {
        var (id, _) = await _api.AddedAsync(new { url = string.Format(System.Globalization.CultureInfo.InvariantCulture, url, _receiver.Address.Port),
            events = new[] { "video.ready" } });
        await _api.UploadToReadyAsync(Samples.Mp4);
        var line = await FirstLineAsync(id);
        Assert.Equal(("failed", error, JsonValueKind.Null),
            (line.GetProperty("outcome").GetString(), line.GetProperty("error").GetString(), line.GetProperty("status").ValueKind));
    }

    [Fact]
    public async Task WebhookIsDisabled_WhenTheReceiverAnswersGone()
    {
        _receiver.AnswerWith(410);
        var (id, _) = await _api.AddedAsync(new { url = _receiver.Url() });
        await _api.UploadToReadyAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => !(await _api.GetJsonAsync(WebhookClient.Path)).GetProperty("items")[0].GetProperty("enabled").GetBoolean(),
            "it is disabled");
        Assert.Single(_receiver.Requests);
        (await _api.PostJsonAsync($"{WebhookClient.Path}/{id}/replay", """{"dead_letters":true}""")).IsProblem(409, "webhook_disabled");
        (await _api.DeleteAsync($"{WebhookClient.Path}/{id}")).Is(204);
        Assert.Empty((await _api.GetJsonAsync(WebhookClient.Path)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task TerminalEventsCome_WhenNoSocketHasAcknowledgedThem()
    {
        await _api.AddedAsync(new { url = _receiver.Url(), when = "unacknowledged" });
        await _api.UploadToReadyAsync(Samples.Mp4);
        var received = await _receiver.UntilAsync("ready");
        Assert.Equal("ready", Assert.Single(received).State);
    }

    /// <summary>Neither a subscriber of another video nor a guest acknowledges the whole journal.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TerminalEventsCome_WhenOnlyThoseOfAnotherVideoWereAcknowledged(bool byGuest)
    {
        await _api.AddedAsync(new { url = _receiver.Url(), when = "unacknowledged" });
        var unacknowledged = await _api.UploadToReadyAsync(Samples.Mp4);
        var acknowledged = await _api.UploadToReadyAsync(Samples.Mp4);
        var share = (await _api.SendAsync(HttpMethod.Post, $"/api/videos/{acknowledged}/share?ttl=60")).Is(201).Json.GetProperty("token").GetString()!;
        using var guest = new ApiClient(shared.Silo.Address, share);
        await using var socket = await StatusClient.ConnectAsync(byGuest ? guest : _api);
        await socket.NextAsync("hello");
        await socket.SubscribeAsync([$"video:{acknowledged}"], "0:0");
        var published = await socket.UntilAsync(acknowledged, "ready");
        await socket.SendAsync(new { op = "ack", cur = published[^1].Cursor });

        var received = await _receiver.UntilAsync(
            requests => requests.Any(request => request.VideoId == unacknowledged), "the unacknowledged event is escalated");
        Assert.All(received, request => Assert.Equal("ready", request.State));
    }

    [Fact]
    public async Task EventsComeAgain_WhenReplayedFromACursorOfTheSocket()
    {
        await using var socket = await StatusClient.SubscribedAsync(_api);
        var (id, _) = await _api.AddedAsync(new { url = _receiver.Url() });
        var video = await _api.UploadToReadyAsync(Samples.Mp4);
        var published = await socket.UntilAsync(video, "ready");
        await Eventually.TrueAsync(async () => (await _api.DeliveriesAsync(id)).Length == published.Count, "all are delivered");
        var replay = (await _api.PostJsonAsync($"{WebhookClient.Path}/{id}/replay", JsonSerializer.Serialize(new { from = published[0].Cursor }))).Is(202);
        Assert.Equal(published[0].Cursor, replay.Json.GetProperty("from").GetString());
        var received = await _receiver.UntilAsync(requests => requests.Length == (2 * published.Count) - 1, "all but the first are repeated");
        Assert.Equal(published.Concat(published.Skip(1)).Select(frame => frame.EventId), received.Select(request => request.Id));
    }

    private static string WithoutExtensions(Received request) => request.Body.WithoutSigned()
        .Replace($"\"sequence\":\"{request.Json.GetProperty("sequence").GetString()}\",", "", StringComparison.Ordinal)
        .Replace($"\"cursor\":\"{request.Json.GetProperty("cursor").GetString()}\",", "", StringComparison.Ordinal);

    private async Task<JsonElement> FirstLineAsync(string id)
    {
        JsonElement[] log = [];
        await Eventually.TrueAsync(async () => (log = await _api.DeliveriesAsync(id)).Length > 0, "an attempt is logged");
        return log[^1];
    }
}
