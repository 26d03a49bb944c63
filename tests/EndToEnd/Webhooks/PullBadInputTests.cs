using System.Net.Http.Json;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>Wrong requests around webhooks that are read: a clear answer, and nothing changed.</summary>
[Collection(DefaultSilo.Name)]
public sealed class PullBadInputTests(DefaultSilo shared)
{
    private const string Public = "https://1.1.1.1/hook";

    [Theory]
    [InlineData("""{"pull":false}""", "json_invalid")]
    [InlineData("""{"pull":null}""", "json_invalid")]
    [InlineData("""{"pull":1}""", "json_invalid")]
    [InlineData("""{"pull":"true"}""", "json_invalid")]
    [InlineData("""{"pull":true,"pull":true}""", "json_member_repeated")]
    [InlineData("""{"pull":true,"secret":"whsec_"}""", "json_member_unknown")]
    [InlineData("""{"pull":true,"url":"https://1.1.1.1/hook"}""", "json_invalid")]
    [InlineData("""{"pull":true,"url":""}""", "json_invalid")]
    [InlineData("""{"pull":true,"headers":{}}""", "json_invalid")]
    [InlineData("""{"pull":true,"headers":{"Authorization":"Bearer x"}}""", "json_invalid")]
    [InlineData("""{"pull":true,"when":"unacknowledged"}""", "json_invalid")]
    [InlineData("""{"pull":true,"events":[]}""", "json_invalid")]
    [InlineData("""{"pull":true,"events":["journal.gap"]}""", "json_invalid")]
    [InlineData("""{"pull":true,"videos":["x"]}""", "json_invalid")]
    public async Task NothingIsAdded_WhenTheRequestIs(string json, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await api.PostJsonAsync(WebhookClient.Path, json)).IsProblem(400, code);
        Assert.Empty((await api.GetJsonAsync(WebhookClient.Path)).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("after=x", "cursor_invalid")]
    [InlineData("after=%20", "cursor_invalid")]
    [InlineData("after=~", "cursor_invalid")]
    [InlineData("after=0:1~0", "cursor_invalid")]
    [InlineData("after=0:0~1", "cursor_invalid")]
    [InlineData("after=0:-1~0", "cursor_invalid")]
    [InlineData("after=deadbeef:1~0", "cursor_invalid")]
    [InlineData("after={event}", "cursor_invalid")]
    [InlineData("after={other}", "cursor_invalid")]
    [InlineData("after={beyond}", "cursor_invalid")]
    [InlineData("after={lost}", "cursor_invalid")]
    [InlineData("after={end}&limit=0", "limit_invalid")]
    [InlineData("after={end}&limit=1001", "limit_invalid")]
    [InlineData("after={end}&limit=-1", "limit_invalid")]
    [InlineData("after={end}&limit=ten", "limit_invalid")]
    [InlineData("after={end}&limit=", "limit_invalid")]
    [InlineData("after={end}&limit=1.5", "limit_invalid")]
    [InlineData("after={end}&limit=99999999999", "limit_invalid")]
    [InlineData("after={end}&wait=31", "wait_invalid")]
    [InlineData("after={end}&wait=-1", "wait_invalid")]
    [InlineData("after={end}&wait=long", "wait_invalid")]
    [InlineData("after={end}&wait=", "wait_invalid")]
    [InlineData("after={end}&from=1", "query_parameter_unknown")]
    [InlineData("after={end}&after={end}", "query_parameter_repeated")]
    public async Task NothingIsAcknowledged_WhenTheQueryIs(string query, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (id, other) = (await api.AddPulledAsync(WebhookClient.Path), await api.AddPulledAsync(WebhookClient.Path));
        var place = await ReadFirstAsync(api, id);
        var foreign = await ReadFirstAsync(api, other);
        var (queue, sequence) = (place.Cursor.Split(':')[0], place.Cursor.Split(':', '~')[1]);
        var sent = query.Replace("{end}", place.Cursor, StringComparison.Ordinal).Replace("{event}", place.Events[0].Text("cursor"), StringComparison.Ordinal)
            .Replace("{other}", foreign.Cursor, StringComparison.Ordinal).Replace("{beyond}", $"{queue}:1000~0", StringComparison.Ordinal)
            .Replace("{lost}", $"{queue}:{sequence}~1", StringComparison.Ordinal);

        (await api.GetAsync($"{WebhookClient.Path}/{id}/events?{sent}")).IsProblem(400, code);

        Assert.Equal(place.Ids[0], (await api.PullAsync(WebhookClient.Path, id)).Ids[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("after=")]
    [InlineData("limit=1&wait=0")]
    [InlineData("limit=1000&wait=30")]
    [InlineData("after={end}")]
    public async Task EventsAreRead_WhenTheQueryIs(string query)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.AddPulledAsync(WebhookClient.Path);
        var place = await ReadFirstAsync(api, id);
        var sent = query.Replace("{end}", place.Cursor, StringComparison.Ordinal);
        var answer = (await api.GetAsync($"{WebhookClient.Path}/{id}/events?{sent}")).Is(200);
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }

    [Fact]
    public async Task WhatSendsIsRefused_WhenTheEventsAreRead()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.AddPulledAsync(WebhookClient.Path);
        var path = $"{WebhookClient.Path}/{id}";
        var before = (await api.GetAsync(path)).Is(200).Text;
        foreach (var (what, body) in new[]
        {
            ("secret", "{}"), ("test", ""), ("retry", ""), ("deliveries/some-event/resend", ""), ("replay", """{"dead_letters":true}"""),
        })
            (await api.PostJsonAsync($"{path}/{what}", body)).IsProblem(409, "webhook_pulled");
        foreach (var change in new object[] { new { url = Public }, new { headers = new { Authorization = "x" } }, new { url = Public, enabled = false } })
            (await ChangeAsync(path, change)).IsProblem(409, "webhook_pulled");
        (await ChangeAsync(path, new { pull = false })).IsProblem(400, "json_member_unknown");
        (await ChangeAsync(path, new { when = "unacknowledged" })).IsProblem(400, "json_member_unknown");
        Assert.Equal(before, (await api.GetAsync(path)).Is(200).Text);

        var (pushed, _) = await api.AddedAsync(new { url = Public });
        (await api.GetAsync($"{WebhookClient.Path}/{pushed}/events")).IsProblem(409, "webhook_not_pulled");
        (await ChangeAsync($"{WebhookClient.Path}/{pushed}", new { url = (string?)null })).IsProblem(400, "json_invalid");

        Task<Answer> ChangeAsync(string address, object change) => api.SendAsync(HttpMethod.Patch, address, JsonContent.Create(change));
    }

    [Fact]
    public async Task OnlyItsOwnerReads_WithTheScopeThatChangesIt()
    {
        var user = SiloFixture.NewUser();
        using var owner = shared.Silo.As(user);
        var id = await owner.AddPulledAsync(WebhookClient.Path);
        var path = $"{WebhookClient.Path}/{id}/events";
        (await owner.GetAsync($"{WebhookClient.Path}/no-id/events")).IsProblem(404, "not_found");
        (await owner.GetAsync($"{WebhookClient.Path}/0190163d8694739b8ec16fb0de1b5fb5/events")).IsProblem(404, "not_found");
        using var unjudged = new ApiClient(shared.Silo.Address, owner.Token, isJudged: false);
        (await unjudged.SendAsync(HttpMethod.Head, path)).Is(405);
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        (await stranger.GetAsync(path)).IsProblem(404, "not_found");
        // To read acknowledges, so the right to read does not do.
        using var reader = shared.Silo.As(user, "read", "upload");
        (await reader.GetAsync(path)).IsProblem(403, "scope_missing");
        (await reader.PostJsonAsync(WebhookClient.Path, """{"pull":true}""")).IsProblem(403, "scope_missing");
        foreach (var many in new[] { PullClient.OfAll, PullClient.OfTenant })
        {
            (await owner.GetAsync($"{many}/{id}/events")).IsProblem(403, "scope_missing");
            (await owner.PostJsonAsync(many, """{"pull":true}""")).IsProblem(403, "scope_missing");
        }

        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        (await anonymous.GetAsync(path)).IsProblem(401, "token_missing");
    }

    /// <summary>The first page, with an event at least.</summary>
    private static async Task<Pulled> ReadFirstAsync(ApiClient api, string id)
    {
        if ((await api.PullAsync(WebhookClient.Path, id)).Events.Length == 0)
            await LossTests.BurstAsync(api, 1);
        var page = await api.PullAsync(WebhookClient.Path, id, limit: 1, wait: 30);
        Assert.Single(page.Events);
        return page;
    }
}
