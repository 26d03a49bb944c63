using System.Text;
using System.Text.RegularExpressions;

namespace Ingestion.Tests.EndToEnd.Console;

/// <summary>The link that a silo in Development shows at its start.</summary>
public sealed partial class SignInLinkTests
{
    private const string Address = "/console/session";

    [Fact]
    public async Task TicketOfTheLogSignsInOnce()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var anyone = new ApiClient(silo.Address, token: null);
        var ticket = await TicketAsync(silo);
        (await PostAsync(anyone, ticket[..^1])).IsProblem(404, "not_found");

        var answer = (await PostAsync(anyone, ticket)).Is(200);
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        var token = answer.Json.GetProperty("token").GetString()!;
        Assert.Equal("you", HandMadeToken.Read(token).GetProperty("sub").GetString());
        using var api = new ApiClient(silo.Address, token);
        (await api.GetAsync("/api/usage")).Is(200);
        (await api.GetAsync("/api/admin/silos")).Is(200);
        (await PostAsync(anyone, ticket)).IsProblem(404, "not_found");
        await Eventually.TrueAsync(() => Minted().IsMatch(silo.Log), "the audit log has it");
        Assert.DoesNotContain(token, silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThereIsNeitherLinkNorAddress_InProduction()
    {
        var key = ("Token__Key", Convert.ToBase64String(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray()));
        await using var silo = await SiloProcess.StartAsync(null, key, ("ENVIRONMENT", "Production"));
        using var anyone = new ApiClient(silo.Address, token: null);
        await Eventually.TrueAsync(() => silo.Log.Contains("Ready at ", StringComparison.Ordinal), "the start is logged");
        Assert.DoesNotContain("ticket", silo.Log, StringComparison.Ordinal);
        (await PostAsync(anyone, "anything")).Is(405);
    }

    private static async Task<string> TicketAsync(SiloProcess silo)
    {
        await Eventually.TrueAsync(() => Link().IsMatch(silo.Log), "the link is logged");
        var link = Link().Match(silo.Log);
        Assert.Equal(silo.Address.GetLeftPart(UriPartial.Authority), link.Groups[1].Value);
        return link.Groups[2].Value;
    }

    private static Task<Answer> PostAsync(ApiClient anyone, string ticket)
    {
        var body = new StringContent(JsonSerializer.Serialize(new { ticket }), Encoding.UTF8, "application/json");
        return anyone.SendAsync(HttpMethod.Post, Address, body);
    }

    [GeneratedRegex("""(http://\S+)/#ticket=(\S+)""")]
    private static partial Regex Link();

    [GeneratedRegex("""token\.minted \S+ sub=you""")]
    private static partial Regex Minted();
}
