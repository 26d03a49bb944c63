using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>Links name the host of the request, so it is looked at first.</summary>
public sealed class HostTests(DefaultSilo shared) : IClassFixture<DefaultSilo>
{
    [Theory]
    [InlineData("evil.example:99999")]
    [InlineData("evil.example:65536")]
    [InlineData("evil.example:0")]
    public async Task RequestIsRefused_WhenItsHostCannotBePartOfALink(string host)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var before = shared.Data.Snapshot();
        (await CreateAsync(shared.Silo, api, host)).IsProblem(400, "host_invalid");
        (await CreateAsync(shared.Silo, api, host, "X-Forwarded-Host: videos.example.org")).IsProblem(400, "host_invalid");
        Assert.Equal(before, shared.Data.Snapshot());
    }

    [Fact]
    public async Task HostsOfTheListAreServed_AndOthersForProbesOnly()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Http__AllowedHosts", "videos.example.org, *.internal, 127.0.0.1"));
        using var api = silo.As("ann");
        Assert.StartsWith("http://videos.example.org/api/uploads/", (await CreateAsync(silo, api, "videos.example.org")).Is(201).Header("Location"),
            StringComparison.Ordinal);
        Assert.StartsWith("http://a.internal:8080/api/uploads/", (await CreateAsync(silo, api, "a.internal:8080")).Is(201).Header("Location"),
            StringComparison.Ordinal);
        (await CreateAsync(silo, api, "evil.example")).IsProblem(400, "host_invalid");
        (await CreateAsync(silo, api, "videos.example.org.evil.example")).IsProblem(400, "host_invalid");

        // The host named by a trusted proxy is checked alike.
        (await CreateAsync(silo, api, "a.internal", "X-Forwarded-Host: evil.example")).IsProblem(400, "host_invalid");
        Assert.StartsWith("http://videos.example.org/api/uploads/", (await CreateAsync(silo, api, "evil.example", "X-Forwarded-Host: videos.example.org"))
            .Is(201).Header("Location"), StringComparison.Ordinal);
        Assert.Equal(200, (await RawHttp.RequestForAsync(silo.Address, "evil.example", "GET", "/health/live")).Status);
    }

    [Fact]
    public async Task OperatorIsWarned_WhenNoHostsAreSetInProduction()
    {
        const string Warning = "Links name whatever host a request names";
        var key = ("Token__Key", Convert.ToBase64String(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray()));
        await using var open = await SiloProcess.StartAsync(null, key, ("ENVIRONMENT", "Production"));
        await Eventually.TrueAsync(() => open.Log.Contains(Warning, StringComparison.Ordinal), "the warning is logged");
        await using var known = await SiloProcess.StartAsync(null, key, ("ENVIRONMENT", "Production"), ("Http__PublicUrl", "https://videos.example.org"));
        await Eventually.TrueAsync(() => known.Log.Contains("Ready at ", StringComparison.Ordinal), "the start is logged");
        Assert.DoesNotContain(Warning, known.Log, StringComparison.Ordinal);
    }

    private static Task<Answer> CreateAsync(SiloProcess silo, ApiClient api, string host, params string[] more) =>
        RawHttp.RequestForAsync(silo.Address, host, "POST", TusClient.Uploads,
            [.. new TusClient(api).Fields("Upload-Length: 10", "Content-Length: 0"), .. more]);
}
