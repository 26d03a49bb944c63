namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>Wrong requests: a clear answer, and nothing changed.</summary>
[Collection(DefaultSilo.Name)]
public sealed class BadInputTests(DefaultSilo shared)
{
    private const string UnknownId = "0190163d8694739b8ec16fb0de1b5fb5";

    // Public by its number, so that no name has to be resolved; nothing is ever sent there, as no event happens.
    private const string Public = "https://1.1.1.1/hook";

    [Theory]
    [InlineData("", 400, "json_invalid")]
    [InlineData("{", 400, "json_invalid")]
    [InlineData("null", 400, "json_invalid")]
    [InlineData("[]", 400, "json_invalid")]
    [InlineData("{}", 400, "json_invalid")]
    [InlineData("""{"url":null}""", 400, "json_invalid")]
    [InlineData("""{"url":5}""", 400, "json_invalid")]
    [InlineData("""{"url":"https://1.1.1.1","url":"https://8.8.8.8"}""", 400, "json_member_repeated")]
    [InlineData("""{"url":"https://1.1.1.1","when":"never"}""", 400, "json_invalid")]
    [InlineData("""{"url":"https://1.1.1.1","when":null}""", 400, "json_invalid")]
    [InlineData("""{"url":"https://1.1.1.1","when":1}""", 400, "json_invalid")]
    [InlineData("""{"url":"https://1.1.1.1","events":[]}""", 400, "json_invalid")]
    [InlineData("""{"url":"https://1.1.1.1","events":"video.ready"}""", 400, "json_invalid")]
    [InlineData("""{"url":"https://1.1.1.1","events":[null]}""", 400, "json_invalid")]
    [InlineData("""{"url":"https://1.1.1.1","events":["video.ready","video.progress"]}""", 400, "json_invalid")]
    [InlineData("""{"url":"https://1.1.1.1","events":["video.queued"],"when":"unacknowledged"}""", 400, "json_invalid")]
    [InlineData("40 kB", 413, "body_too_large")]
    [InlineData("""{"url":""}""", 400, "webhook_url_invalid")]
    [InlineData("""{"url":"/hook"}""", 400, "webhook_url_invalid")]
    [InlineData("""{"url":"http://1.1.1.1/"}""", 400, "webhook_url_invalid")]
    [InlineData("""{"url":"ftp://1.1.1.1/"}""", 400, "webhook_url_invalid")]
    [InlineData("""{"url":"https://user:secret@1.1.1.1/"}""", 400, "webhook_url_invalid")]
    [InlineData("""{"url":"https://no-such-host.invalid/"}""", 400, "webhook_url_invalid")]
    [InlineData("""{"url":"https://127.0.0.1/"}""", 400, "webhook_address_forbidden")]
    [InlineData("""{"url":"https://127.1/"}""", 400, "webhook_address_forbidden")]
    [InlineData("""{"url":"https://0.0.0.0/"}""", 400, "webhook_address_forbidden")]
    [InlineData("""{"url":"https://[::]/"}""", 400, "webhook_address_forbidden")]
    [InlineData("""{"url":"https://localhost:8080/"}""", 400, "webhook_address_forbidden")]
    [InlineData("""{"url":"https://10.1.2.3/"}""", 400, "webhook_address_forbidden")]
    [InlineData("""{"url":"https://169.254.169.254/latest/meta-data"}""", 400, "webhook_address_forbidden")]
    [InlineData("""{"url":"https://[::1]/"}""", 400, "webhook_address_forbidden")]
    [InlineData("""{"url":"https://[::ffff:10.0.0.1]/"}""", 400, "webhook_address_forbidden")]
    [InlineData("""{"url":"https://[fd00::1]/"}""", 400, "webhook_address_forbidden")]
    public async Task NothingIsAdded_WhenTheRequestIs(string json, int status, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var body = json == "40 kB" ? $$"""{"url":"https://1.1.1.1/{{new string('x', 40_000)}}"}""" : json;
        (await api.PostJsonAsync(WebhookClient.Path, body)).IsProblem(status, code);
        Assert.Empty((await api.GetJsonAsync(WebhookClient.Path)).GetProperty("items").EnumerateArray());
    }

    /// <summary>A silo on one's own machine runs in Development.</summary>
    [Theory]
    [InlineData("""{"url":"http://1.1.1.1/hook"}""", "Ingestion:Webhooks:AllowInsecure=true")]
    [InlineData("""{"url":"https://localhost:3000/hook"}""", "Ingestion:Webhooks:AllowPrivateAddresses=true")]
    [InlineData("""{"url":"https://1.1.1.1","events":["video.ready","video.redy"]}""",
        "$.events[1]: \"video.redy\" is no type of event. Allowed: upload.cancelled,")]
    [InlineData("""{"url":"https://1.1.1.1","when":"never"}""", "always, unacknowledged")]
    public async Task RefusalNamesWhatWouldHelp_WhenTheRequestIs(string json, string help)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var refusal = (await api.PostJsonAsync(WebhookClient.Path, json)).Is(400).Json;
        Assert.Contains(help, refusal.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("text/plain")]
    public async Task NothingIsAdded_WhenTheTypeIs(string type)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await api.PostJsonAsync(WebhookClient.Path, $$"""{"url":"{{Public}}"}""", type)).IsProblem(415, "json_expected");
    }

    [Theory]
    [InlineData("", 400, "json_invalid")]
    [InlineData("{}", 400, "json_invalid")]
    [InlineData("""{"from":"0:0","dead_letters":true}""", 400, "json_invalid")]
    [InlineData("""{"dead_letters":"yes"}""", 400, "json_invalid")]
    [InlineData("""{"from":5}""", 400, "json_invalid")]
    [InlineData("""{"from":""}""", 400, "cursor_invalid")]
    [InlineData("""{"from":"k7"}""", 400, "cursor_invalid")]
    [InlineData("""{"from":"k7:5"}""", 400, "cursor_invalid")]
    [InlineData("""{"from":"0:1"}""", 400, "cursor_invalid")]
    public async Task NothingIsReplayed_WhenTheRequestIs(string json, int status, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (id, _) = await api.AddedAsync(new { url = Public });
        (await api.PostJsonAsync($"{WebhookClient.Path}/{id}/replay", json)).IsProblem(status, code);
        Assert.Empty(await api.DeliveriesAsync(id));
    }

    [Fact]
    public async Task NinthIsRefused_WhenThereAreEight()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        for (var i = 0; i < 8; i++)
            await api.AddedAsync(new { url = Public });
        (await api.AddWebhookAsync(new { url = Public })).IsProblem(409, "too_many_webhooks");
        Assert.Equal(8, (await api.GetJsonAsync(WebhookClient.Path)).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("no-id")]
    [InlineData("../admin")]
    [InlineData(UnknownId)]
    public async Task NothingIsThere_WhenTheIdIs(string id)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await NothingIsThereAsync(api, Uri.EscapeDataString(id));
    }

    [Fact]
    public async Task NothingIsThere_WhenItIsSomebodyElses()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        var (id, _) = await owner.AddedAsync(new { url = Public, events = new[] { "video.ready" }, when = "unacknowledged" });
        await NothingIsThereAsync(stranger, id);
        var listed = Assert.Single((await owner.GetJsonAsync(WebhookClient.Path)).GetProperty("items").EnumerateArray());
        Assert.Equal((id, Public, "unacknowledged"),
            (listed.GetProperty("id").GetString(), listed.GetProperty("url").GetString(), listed.GetProperty("when").GetString()));
    }

    [Fact]
    public async Task TokenMustHaveTheScope_ForEachRequest()
    {
        var user = SiloFixture.NewUser();
        using var owner = shared.Silo.As(user);
        var (id, _) = await owner.AddedAsync(new { url = Public });
        using var reader = shared.Silo.As(user, "read");
        (await reader.GetAsync(WebhookClient.Path)).Is(200);
        (await reader.AddWebhookAsync(new { url = Public })).IsProblem(403, "scope_missing");
        (await reader.PostJsonAsync($"{WebhookClient.Path}/{id}/secret", "{}")).IsProblem(403, "scope_missing");
        (await reader.PostJsonAsync($"{WebhookClient.Path}/{id}/replay", """{"dead_letters":true}""")).IsProblem(403, "scope_missing");
        (await reader.DeleteAsync($"{WebhookClient.Path}/{id}")).IsProblem(403, "scope_missing");
        using var uploader = shared.Silo.As(user, "upload");
        (await uploader.GetAsync(WebhookClient.Path)).IsProblem(403, "scope_missing");
        (await uploader.GetAsync($"{WebhookClient.Path}/{id}/deliveries")).IsProblem(403, "scope_missing");
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        (await anonymous.GetAsync(WebhookClient.Path)).IsProblem(401, "token_missing");
        (await anonymous.AddWebhookAsync(new { url = Public })).IsProblem(401, "token_missing");
    }

    private static async Task NothingIsThereAsync(ApiClient api, string id)
    {
        (await api.DeleteAsync($"{WebhookClient.Path}/{id}")).IsProblem(404, "not_found");
        (await api.GetAsync($"{WebhookClient.Path}/{id}/deliveries")).IsProblem(404, "not_found");
        (await api.PostJsonAsync($"{WebhookClient.Path}/{id}/secret", "{}")).IsProblem(404, "not_found");
        (await api.PostJsonAsync($"{WebhookClient.Path}/{id}/replay", """{"dead_letters":true}""")).IsProblem(404, "not_found");
    }
}
