using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>After a token has leaked: which webhooks it has left behind.</summary>
[Collection(WebhookSilo.Name)]
public sealed class WebhookMakerTests(WebhookSilo shared)
{
    [Fact]
    public async Task WebhookNamesTheTokenThatMadeIt_AlsoAfterAChange()
    {
        var user = SiloFixture.NewUser();
        using var maker = new ApiClient(shared.Silo.Address, HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(user, ["webhooks"]) { Id = "leaked" }));
        using var other = shared.Silo.As(user);
        var (made, _) = await maker.AddedAsync(new { url = "http://127.0.0.1:9/one" });
        var (_, _) = await other.AddedAsync(new { url = "http://127.0.0.1:9/two" });
        (await other.SendAsync(HttpMethod.Post, $"/api/webhooks/{made}/secret")).Is(200);
        var makers = (await other.GetJsonAsync("/api/webhooks")).GetProperty("items").EnumerateArray()
            .Select(item => item.TryGetProperty("made_by", out var by) ? by.GetString() : null);
        Assert.Equal(["leaked", null], makers);
    }
}
