namespace Ingestion.Tests.EndToEnd.Telemetry;

/// <summary>Metrics at a port of their own.</summary>
public sealed class MetricsPortTests
{
    [Fact]
    public async Task MetricsAreAtTheirPort_AndNothingElseIs()
    {
        var port = Ports.Next();
        await using var silo = await SiloProcess.StartAsync(data: null, ("Telemetry__MetricsPort", $"{port}"));
        using var api = new ApiClient(silo.Address, silo.Token("alice"), isJudged: false);
        using var metrics = new ApiClient(new Uri($"http://127.0.0.1:{port}"), api.Token, isJudged: false);

        foreach (var path in new[] { "/metrics", "/metrics/memory" })
        {
            (await metrics.GetAsync(path)).Is(200);
            (await api.GetAsync(path)).IsProblem(404, "not_found");
            // The port of the connection counts.
            (await api.GetAsync(path, ("Host", $"127.0.0.1:{port}"))).IsProblem(404, "not_found");
        }

        (await api.GetAsync("/api/videos")).Is(200);
        (await metrics.GetAsync("/api/videos")).IsProblem(404, "not_found");
        (await api.GetAsync("/health/live")).Is(200);
        (await metrics.GetAsync("/health/live")).Is(200);
    }
}
