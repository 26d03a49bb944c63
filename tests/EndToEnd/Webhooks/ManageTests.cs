using Ingestion.Tests.EndToEnd.Security;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>A webhook is read, changed, tried and sent to again, without a new secret or a new place in the journal.</summary>
[Collection(WebhookSilo.Name)]
public sealed class ManageTests(WebhookSilo shared)
{
    private static readonly string[] _paths = [WebhookClient.Path, "/api/admin/webhooks", "/api/tenant/webhooks"];

    private const string UnknownId = "0190163d8694739b8ec16fb0de1b5fb5";

    /// <summary>Where webhooks are managed: those of a user, and those of many.</summary>
    public static TheoryData<string> Paths => [.. _paths];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task OneIsReadAlone_WhenItIsTheCallers(string path)
    {
        using var api = Owner();
        await using var receiver = await Receiver.StartAsync();
        var added = (await api.PostJsonAsync(path, JsonSerializer.Serialize(new { url = receiver.Url(), description = "orders" }))).Is(201);
        var id = added.Json.GetProperty("id").GetString()!;
        Assert.EndsWith($"{path}/{id}", added.Header("Location"), StringComparison.Ordinal);

        var read = (await api.GetAsync($"{path}/{id}")).Is(200);

        Assert.Equal((id, "orders", "no-store"),
            (read.Json.GetProperty("id").GetString(), read.Json.GetProperty("description").GetString(), read.Header("Cache-Control")));
        Assert.False(read.Json.TryGetProperty("secret", out _));
        foreach (var other in _paths.Where(other => other != path))
            (await api.GetAsync($"{other}/{id}")).IsProblem(404, "not_found");
        (await api.GetAsync($"{path}/{UnknownId}")).IsProblem(404, "not_found");
        (await api.DeleteAsync($"{path}/{id}")).Is(204);
    }

    [Fact]
    public async Task WaitingEventGoesToTheNewAddressWithTheOldSecret_WhenTheUrlIsChanged()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var before = await Receiver.StartAsync();
        await using var after = await Receiver.StartAsync();
        before.AnswerWith(500);
        var (id, secret) = await api.AddedAsync(new { url = before.Url(), events = new[] { "video.ready" } });
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var first = (await before.UntilAsync("ready"))[0];
        await Eventually.TrueAsync(async () => (await api.DeliveriesAsync(id)).Length > 0, "the failure is logged");

        var changed = (await PatchAsync(api, id, new { url = after.Url(), description = "moved" })).Is(200).Json;
        var retried = (await api.SendAsync(HttpMethod.Post, $"{WebhookClient.Path}/{id}/retry")).Is(202).Json;

        Assert.Equal((after.Url(), "moved", 1),
            (changed.GetProperty("url").GetString(), changed.GetProperty("description").GetString(), retried.GetProperty("retried").GetInt32()));
        var second = (await after.UntilAsync("ready"))[0];
        Assert.Equal((first.Id, video), (second.Id, second.VideoId));
        Assert.Equal([second.SignatureWith(secret)], second.Signatures);
    }

    [Fact]
    public async Task MembersAreChangedOneByOne_AndNullTakesThemAway()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        var (id, _) = await api.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" }, description = "a", videos = new[] { UnknownId } });
        async Task<string> AfterAsync(string json)
        {
            var webhook = (await api.SendAsync(HttpMethod.Patch, $"{WebhookClient.Path}/{id}", Json(json))).Is(200).Json;
            string[] names = ["events", "description", "videos", "header_names", "enabled"];
            return string.Join(' ', names.Select(name => webhook.GetProperty(name).GetRawText()));
        }

        Assert.Equal($$"""["video.ready","video.failed"] "a" ["{{UnknownId}}"] null true""", await AfterAsync("""{"events":["video.ready","video.failed"]}"""));
        Assert.Equal($$"""null "a" ["{{UnknownId}}"] null false""", await AfterAsync("""{"events":null,"enabled":false}"""));
        Assert.Equal("""null null null ["X-A","X-B"] false""", await AfterAsync("""{"description":null,"videos":null,"headers":{"X-A":"1","X-B":"2"}}"""));
        Assert.Equal("""null null null ["X-B","x-c"] true""", await AfterAsync("""{"headers":{"x-a":null,"x-c":"3"},"enabled":true}"""));
        Assert.Equal("null null null null true", await AfterAsync("""{"headers":null}"""));
    }

    [Theory]
    [InlineData("{}", "json_invalid")]
    [InlineData("""{"enabled":null}""", "json_invalid")]
    [InlineData("""{"url":null}""", "json_invalid")]
    [InlineData("""{"url":"ftp://example.org/"}""", "webhook_url_invalid")]
    [InlineData("""{"url":"https://no-such-host.invalid/"}""", "webhook_url_invalid")]
    [InlineData("""{"events":[]}""", "json_invalid")]
    [InlineData("""{"events":["video.redy"]}""", "json_invalid")]
    [InlineData("""{"videos":["7"]}""", "json_invalid")]
    [InlineData("""{"when":"unacknowledged"}""", "json_member_unknown")]
    [InlineData("""{"secret":"whsec_"}""", "json_member_unknown")]
    [InlineData("""{"headers":{"Host":"a"}}""", "webhook_header_invalid")]
    [InlineData("""{"headers":{"content-type":"a"}}""", "webhook_header_invalid")]
    [InlineData("""{"headers":{"Webhook-Id":"a"}}""", "webhook_header_invalid")]
    [InlineData("""{"headers":{"Transfer-Encoding":"chunked"}}""", "webhook_header_invalid")]
    [InlineData("""{"headers":{"a b":"a"}}""", "webhook_header_invalid")]
    [InlineData("""{"headers":{"X-A":"a\r\nHost: b"}}""", "webhook_header_invalid")]
    [InlineData("""{"headers":{"X-A":""}}""", "webhook_header_invalid")]
    [InlineData("""{"headers":{"X-A":"1","x-a":"2"}}""", "webhook_header_invalid")]
    [InlineData("""{"headers":{"1":"a","2":"a","3":"a","4":"a","5":"a","6":"a","7":"a","8":"a"}}""", "webhook_header_invalid")]
    public async Task NothingIsChanged_WhenTheRequestIs(string json, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        var (id, _) = await api.AddedAsync(new { url = receiver.Url(), headers = new Dictionary<string, string> { ["X-Key"] = "k" } });
        var before = (await api.GetAsync($"{WebhookClient.Path}/{id}")).Is(200).Text;
        (await api.SendAsync(HttpMethod.Patch, $"{WebhookClient.Path}/{id}", Json(json))).IsProblem(400, code);
        Assert.Equal(before, (await api.GetAsync($"{WebhookClient.Path}/{id}")).Is(200).Text);
    }

    [Fact]
    public async Task OwnFieldsComeWithEachRequest_AndTheirValuesAreNeverShown()
    {
        using var api = Owner();
        await using var receiver = await Receiver.StartAsync();
        const string Value = "Bearer open-sesame-barley";
        var request = new { url = receiver.Url(), headers = new Dictionary<string, string> { ["Authorization"] = Value, ["X-Long"] = new string('v', 1024) } };
        foreach (var path in _paths)
        {
            var added = (await api.PostJsonAsync(path, JsonSerializer.Serialize(request))).Is(201);
            var id = added.Json.GetProperty("id").GetString()!;
            (await api.SendAsync(HttpMethod.Post, $"{path}/{id}/test")).Is(200);
            var listed = (await api.GetAsync(path)).Is(200);
            Answer[] answers = [added, listed, (await api.GetAsync($"{path}/{id}")).Is(200)];
            Assert.All(answers, answer => Assert.DoesNotContain("sesame", answer.Text, StringComparison.Ordinal));
            Assert.Equal(["Authorization", "X-Long"], added.Json.GetProperty("header_names").EnumerateArray().Select(name => name.GetString()!));
            (await api.DeleteAsync($"{path}/{id}")).Is(204);
        }

        Assert.Equal(3, receiver.Requests.Length);
        Assert.All(receiver.Requests, sent => Assert.Equal((Value, 1024), (sent.Headers["Authorization"], sent.Headers["X-Long"].Length)));
        Assert.Empty(Remains.InFolder(shared.Silo.Data).Holding("sesame"));
        Assert.DoesNotContain("sesame", shared.Silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TestIsSignedAndAnsweredWithTheReceiversStatus_WhenAskedFor()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        var (id, secret) = await api.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" } });
        (await PatchAsync(api, id, new { enabled = false })).Is(200);

        var good = (await api.SendAsync(HttpMethod.Post, $"{WebhookClient.Path}/{id}/test")).Is(200).Json;
        receiver.AnswerWith(418);
        var bad = (await api.SendAsync(HttpMethod.Post, $"{WebhookClient.Path}/{id}/test")).Is(200).Json;
        receiver.AnswerWith(410);
        (await api.SendAsync(HttpMethod.Post, $"{WebhookClient.Path}/{id}/test")).Is(200);

        var sent = receiver.Requests[0];
        Assert.Equal((sent.Id, true, 200),
            (good.GetProperty("event_id").GetString(), good.GetProperty("delivered").GetBoolean(), good.GetProperty("status").GetInt32()));
        Assert.Equal((false, 418), (bad.GetProperty("delivered").GetBoolean(), bad.GetProperty("status").GetInt32()));
        Assert.Equal(("webhook.test", $"/api/webhooks/{id}", id), (sent.Json.GetProperty("type").GetString(), sent.Json.GetProperty("source").GetString(),
            sent.Json.GetProperty("data").GetProperty("webhook_id").GetString()));
        Assert.Equal([sent.SignatureWith(secret)], sent.Signatures);
        Assert.Empty(await api.DeliveriesAsync(id));
        Assert.Empty((await api.GetJsonAsync("/api/events/poll?wait=0")).GetProperty("events").EnumerateArray());
    }

    [Fact]
    public async Task TestEndsWithTheTimeOut_AndASecondOneIsNotHeldBesideIt()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, response) => Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted);
        var (id, _) = await api.AddedAsync(new { url = receiver.Url() });
        var first = api.SendAsync(HttpMethod.Post, $"{WebhookClient.Path}/{id}/test");
        await receiver.UntilAsync(requests => requests.Length == 1, "the test comes");
        (await api.SendAsync(HttpMethod.Post, $"{WebhookClient.Path}/{id}/test")).IsProblem(429, "rate_limited");
        var answer = (await first).Is(200).Json;
        Assert.Equal((false, JsonValueKind.Null, "timeout"),
            (answer.GetProperty("delivered").GetBoolean(), answer.GetProperty("status").ValueKind, answer.GetProperty("error").GetString()));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task OneEventComesAgainUnderItsId_WhenItIsResent(string path)
    {
        using var api = Owner();
        await using var receiver = await Receiver.StartAsync();
        var id = (await api.PostJsonAsync(path, JsonSerializer.Serialize(new { url = receiver.Url(), events = new[] { "video.ready" } }))).Is(201)
            .Json.GetProperty("id").GetString()!;
        await api.UploadToReadyAsync(Samples.Mp4);
        var first = (await receiver.UntilAsync("ready"))[0];
        JsonElement[] lines = [];
        await Eventually.TrueAsync(async () => (lines = Lines(await api.GetJsonAsync($"{path}/{id}/deliveries"))).Length > 0, "the delivery is logged");

        (await api.SendAsync(HttpMethod.Post, $"{path}/{id}/deliveries/{lines[0].GetProperty("event_id").GetString()}/resend")).Is(202);

        var again = (await receiver.UntilAsync(requests => requests.Length == 2, "it comes again"))[1];
        Assert.Equal((first.Id, first.VideoId), (again.Id, again.VideoId));
        Assert.Equal(first.Json.GetProperty("cursor").GetString(), again.Json.GetProperty("cursor").GetString());
        (await api.SendAsync(HttpMethod.Post, $"{path}/{id}/deliveries/no-such-event/resend")).IsProblem(404, "not_found");
        (await api.SendAsync(HttpMethod.Patch, $"{path}/{id}", Json("""{"enabled":false}"""))).Is(200);
        (await api.SendAsync(HttpMethod.Post, $"{path}/{id}/deliveries/{first.Id}/resend")).IsProblem(409, "webhook_disabled");
        (await api.SendAsync(HttpMethod.Post, $"{path}/{id}/retry")).IsProblem(409, "webhook_disabled");
        (await api.DeleteAsync($"{path}/{id}")).Is(204);
    }

    [Fact]
    public async Task OnlyEventsOfItsVideosCome_WhenItNamesSome()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        var (id, _) = await api.AddedAsync(new { url = receiver.Url(), videos = new[] { UnknownId } });
        await api.UploadToReadyAsync(Samples.Mp4);
        var upload = (await api.PostJsonAsync("/api/uploads/direct", """{"size":5,"name":"clip.mp4"}""")).Is(201).Json.GetProperty("id").GetString()!;
        (await PatchAsync(api, id, new { videos = new[] { upload } })).Is(200);
        (await api.DeleteAsync($"/api/uploads/{upload}")).Is(204);
        var received = await receiver.UntilAsync("cancelled");
        Assert.All(received, request => Assert.Equal(upload, request.VideoId));
    }

    private static JsonElement[] Lines(JsonElement deliveries) => [.. deliveries.GetProperty("items").EnumerateArray()];

    private static StringContent Json(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private static Task<Answer> PatchAsync(ApiClient api, string id, object change) =>
        api.SendAsync(HttpMethod.Patch, $"{WebhookClient.Path}/{id}", Json(JsonSerializer.Serialize(change)));

    private ApiClient Owner() => new(shared.Silo.Address, HandMadeToken.Sign(shared.Silo.Data,
        new TokenClaims(SiloFixture.NewUser(), ["upload", "read", "webhooks", "tenant", "admin"]) { Tenant = $"acme-{Guid.NewGuid():N}" }));
}
