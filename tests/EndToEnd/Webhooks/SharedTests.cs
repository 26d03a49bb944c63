namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>Webhooks for all users and for a tenant: who may have them, and whose events they get.</summary>
[Collection(WebhookSilo.Name)]
public sealed class SharedTests(WebhookSilo shared)
{
    private const string Everybody = "/api/admin/webhooks";
    private const string OfTenant = "/api/tenant/webhooks";

    [Fact]
    public async Task EventsOfTheTenantComeWithTheirOwner_AndNoOthers()
    {
        var (tenant, user) = ($"acme {Guid.NewGuid():N}", SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        using var backend = As("backend", tenant, "tenant");
        using var member = As(user, tenant, "upload", "read");
        using var other = As(user, tenant: "another", "upload", "read");
        using var anonymous = shared.Silo.As(user);
        var id = await AddAsync(backend, OfTenant, receiver);

        foreach (var foreign in new[] { other, anonymous })
            await foreign.UploadToReadyAsync(Samples.Mp4);
        var video = await member.UploadToReadyAsync(Samples.Mp4);
        var received = await receiver.UntilAsync("ready");

        Assert.All(received, request => Assert.Equal((video, user), (request.VideoId, request.Json.GetProperty("owner").GetString())));
        Assert.Equal(["receiving", "uploaded", "queued", "processing", "ready"], received.Select(request => request.State));
        var listed = Assert.Single((await backend.GetJsonAsync(OfTenant)).GetProperty("items").EnumerateArray());
        Assert.Equal((id, JsonValueKind.Null), (listed.GetProperty("id").GetString(), listed.GetProperty("cursor").ValueKind));
        (await backend.DeleteAsync($"{OfTenant}/{id}")).Is(204);
    }

    [Fact]
    public async Task EverythingOfAWebhookWorks_WhenItIsForAllUsers()
    {
        var user = SiloFixture.NewUser();
        await using var receiver = await Receiver.StartAsync();
        using var admin = shared.Silo.As("root", "admin");
        using var api = shared.Silo.As(user);
        var id = await AddAsync(admin, Everybody, receiver);
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var received = await receiver.UntilAsync(requests => requests.Count(request => request.VideoId == video) >= 5, "its events come");
        var first = received.First(request => request.VideoId == video).Json;
        Assert.Equal(user, first.GetProperty("owner").GetString());

        var from = first.GetProperty("cursor").GetString();
        (await admin.PostJsonAsync($"{Everybody}/{id}/replay", JsonSerializer.Serialize(new { from }))).IsProblem(400, "json_invalid");
        (await admin.PostJsonAsync($"{Everybody}/{id}/replay", JsonSerializer.Serialize(new { from, owner = user }))).Is(202);
        await receiver.UntilAsync(requests => requests.Count(request => request.VideoId == video) >= 9, "all but the first are repeated");
        Assert.NotEmpty((await admin.GetJsonAsync($"{Everybody}/{id}/deliveries")).GetProperty("items").EnumerateArray());
        (await admin.PostJsonAsync($"{Everybody}/{id}/secret", """{"revoke_old":true}""")).Is(200);
        (await admin.PostJsonAsync(Everybody, JsonSerializer.Serialize(new { url = receiver.Url(), when = "unacknowledged" }))).IsProblem(400, "json_invalid");

        // It is there for its own path only.
        foreach (var path in new[] { WebhookClient.Path, OfTenant })
        {
            using var owner = As("root", "acme", "upload", "read", "webhooks", "tenant", "admin");
            (await owner.DeleteAsync($"{path}/{id}")).IsProblem(404, "not_found");
        }

        (await admin.DeleteAsync($"{Everybody}/{id}")).Is(204);
    }

    [Fact]
    public async Task OtherUsersAreRefused()
    {
        using var user = shared.Silo.As(SiloFixture.NewUser());
        using var member = As(SiloFixture.NewUser(), "acme", "upload", "read");
        using var withoutTenant = As(SiloFixture.NewUser(), tenant: null, "tenant");
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        foreach (var api in new[] { user, member, withoutTenant })
        {
            (await api.GetAsync(Everybody)).IsProblem(403, "scope_missing");
            (await api.GetAsync(OfTenant)).IsProblem(403, "scope_missing");
            (await api.PostJsonAsync(OfTenant, """{"url":"https://1.1.1.1/"}""")).IsProblem(403, "scope_missing");
        }

        (await anonymous.GetAsync(OfTenant)).IsProblem(401, "token_missing");
    }

    private ApiClient As(string user, string? tenant, params string[] scopes) =>
        new(shared.Silo.Address, HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(user, scopes) { Tenant = tenant }));

    private static async Task<string> AddAsync(ApiClient api, string path, Receiver receiver) =>
        (await api.PostJsonAsync(path, JsonSerializer.Serialize(new { url = receiver.Url() }))).Is(201).Json.GetProperty("id").GetString()!;
}
