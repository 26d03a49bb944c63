namespace Ingestion.Tests.EndToEnd.Status;

/// <summary>A poll that waits as long as it may, behind proxies that give up when nothing comes for long. A class of its own: it takes 45 s, beside others.</summary>
[NeedsPrograms(ProxyProcess.Nginx, ProxyProcess.Haproxy)]
public sealed class ProxyIdleTests
{
    // As they come: nginx gives up after 60 s, haproxy after the 50 s that its packages set up.
    private const int IdleOfNginx = 60;
    private const int IdleOfHaproxy = 50;

    [ContractFact]
    public async Task PollIsAnswered_BehindNginxAndBehindHaproxy_WhenNothingHappens()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Roles", "api"));
        await using var nginx = await ProxyProcess.StartAsync(ProxyProcess.Nginx, silo.Address, IdleOfNginx);
        await using var haproxy = await ProxyProcess.StartAsync(ProxyProcess.Haproxy, silo.Address, IdleOfHaproxy);
        using var api = silo.As("ann");
        await api.UploadAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => (await EndAsync(api)).EndsWith(":3", StringComparison.Ordinal), "all of the upload is in the journal");
        var end = await EndAsync(api);

        var answers = await Task.WhenAll(PollAsync(nginx), PollAsync(haproxy));

        foreach (var answer in answers)
        {
            Assert.Equal(("replay", 0, end), (answer.GetProperty("mode").GetString(), answer.GetProperty("events").GetArrayLength(),
                answer.GetProperty("cursor").GetString()));
            Assert.False(answer.TryGetProperty("bye", out _));
        }

        async Task<JsonElement> PollAsync(ProxyProcess proxy)
        {
            using var client = new ApiClient(proxy.Address, api.Token);
            return await client.GetJsonAsync($"/api/events/poll?after={end}&wait=60");
        }
    }

    private static async Task<string> EndAsync(ApiClient api) => (await api.GetJsonAsync("/api/events/poll?wait=0")).GetProperty("cursor").GetString()!;
}
