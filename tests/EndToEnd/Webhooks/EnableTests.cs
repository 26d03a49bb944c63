namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>Webhooks are disabled and enabled by PATCH.</summary>
[Collection(WebhookSilo.Name)]
public sealed class EnableTests(WebhookSilo shared)
{
    private const string UnknownId = "0190163d8694739b8ec16fb0de1b5fb5";

    [Fact]
    public async Task WebhookContinuesWhereItStopped_WhenEnabledAfterTheReceiverAnsweredGone()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        receiver.AnswerWith(410);
        var (id, _) = await api.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" } });
        var first = await api.UploadToReadyAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => !(await OnlyAsync(api)).GetProperty("enabled").GetBoolean(), "it is disabled");
        var second = await api.UploadToReadyAsync(Samples.Mp4);
        receiver.AnswerWith(200);

        var answer = (await PatchAsync(api, id, """{"enabled":true}""")).Is(200);

        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal((id, true, JsonValueKind.Null), (answer.Json.GetProperty("id").GetString(), answer.Json.GetProperty("enabled").GetBoolean(),
            answer.Json.GetProperty("disabled_at").ValueKind));
        Assert.False(answer.Json.TryGetProperty("secret", out _));
        var received = await receiver.UntilAsync(requests => requests.Length >= 3, "both come");
        // Events of different videos are sent side by side.
        var subjects = received.Select(request => request.Json.GetProperty("subject").GetString()!).ToArray();
        Assert.Equal(first, subjects[0]);
        Assert.Equal(new[] { first, second }.Order(), subjects[1..].Order());
    }

    [Fact]
    public async Task WebhookStandsStill_WhenItsOwnerDisablesIt()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        var (id, _) = await api.AddedAsync(new { url = receiver.Url() });
        var disabled = (await PatchAsync(api, id, """{"enabled":false}""")).Is(200).Json;
        Assert.False(disabled.GetProperty("enabled").GetBoolean());
        Assert.Equal(JsonValueKind.String, disabled.GetProperty("disabled_at").ValueKind);
        (await api.PostJsonAsync($"{WebhookClient.Path}/{id}/replay", """{"dead_letters":true}""")).IsProblem(409, "webhook_disabled");
    }

    [Theory]
    [InlineData("", 400, "json_invalid")]
    [InlineData("{", 400, "json_invalid")]
    [InlineData("{}", 400, "json_invalid")]
    [InlineData("null", 400, "json_invalid")]
    [InlineData("true", 400, "json_invalid")]
    [InlineData("""{"enabled":null}""", 400, "json_invalid")]
    [InlineData("""{"enabled":"true"}""", 400, "json_invalid")]
    [InlineData("""{"enabled":1}""", 400, "json_invalid")]
    [InlineData("""{"enabled":false,"enabled":true}""", 400, "json_member_repeated")]
    [InlineData("40 kB", 413, "body_too_large")]
    public async Task NothingChanges_WhenTheRequestIs(string json, int status, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (id, _) = await api.AddedAsync(new { url = "https://1.1.1.1/hook" });
        var before = (await OnlyAsync(api)).GetRawText();
        var body = json == "40 kB" ? $$"""{"enabled":false,"why":"{{new string('x', 40_000)}}"}""" : json;
        (await PatchAsync(api, id, body)).IsProblem(status, code);
        Assert.Equal(before, (await OnlyAsync(api)).GetRawText());
    }

    [Fact]
    public async Task NothingChanges_WhenItIsNotOnesOwnOrTheTokenDoesNotAllowIt()
    {
        var user = SiloFixture.NewUser();
        using var owner = shared.Silo.As(user);
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        using var reader = shared.Silo.As(user, "read");
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        var (id, _) = await owner.AddedAsync(new { url = "https://1.1.1.1/hook" });
        const string Disabled = """{"enabled":false}""";
        (await PatchAsync(stranger, id, Disabled)).IsProblem(404, "not_found");
        foreach (var unknown in new[] { UnknownId, "no-id" })
            (await PatchAsync(owner, unknown, Disabled)).IsProblem(404, "not_found");
        (await PatchAsync(reader, id, Disabled)).IsProblem(403, "scope_missing");
        (await PatchAsync(anonymous, id, Disabled)).IsProblem(401, "token_missing");
        (await PatchAsync(owner, id, Disabled, "text/plain")).IsProblem(415, "json_expected");
        Assert.True((await OnlyAsync(owner)).GetProperty("enabled").GetBoolean());
    }

    private static async Task<JsonElement> OnlyAsync(ApiClient api) =>
        Assert.Single((await api.GetJsonAsync(WebhookClient.Path)).GetProperty("items").EnumerateArray());

    private static async Task<Answer> PatchAsync(ApiClient api, string id, string json, string type = "application/json")
    {
        using var body = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(json));
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        return await api.SendAsync(HttpMethod.Patch, $"{WebhookClient.Path}/{id}", body);
    }
}
