using System.Diagnostics;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>What a silo logs at Information and above: what an operator needs, and nothing that a caller can multiply.</summary>
public sealed class LogTests
{
    private const int LinesOfAStart = 7;
    private const int LinesOfAnUpload = 2;

    [Fact]
    public async Task LogIsShort_WhenASiloStartsAndTakesAnUpload()
    {
        await using var silo = await SiloProcess.StartAsync();
        await Eventually.TrueAsync(() => silo.Log.Contains("Ready at ", StringComparison.Ordinal) && silo.Log.Contains("ffmpeg", StringComparison.Ordinal),
            "the start is logged");
        var start = Lines(silo);
        Assert.True(start.Length <= LinesOfAStart, silo.Log);
        foreach (var part in new[] { "Ingestion 0.", "Orleans 10.", "roles api,worker", "store file", "queue file", "state file", "localhost", "ffmpeg",
            silo.Data, "token.key", silo.Address.GetLeftPart(UriPartial.Authority) })
            Assert.Contains(part, silo.Log, StringComparison.Ordinal);

        using var api = silo.As("alice");
        await api.UploadToReadyAsync(Samples.Mp4);
        await Eventually.TrueAsync(() => silo.Log.Contains(" is ready", StringComparison.Ordinal), "the video is ready in the log");
        Assert.True(Lines(silo).Length - start.Length <= LinesOfAnUpload, silo.Log);
    }

    [Fact]
    public async Task LinesAreJson_WhenTheConsoleIsConfiguredForJson()
    {
        using var folder = new TempFolder();
        var start = Executable.Silo(["--urls", $"http://127.0.0.1:{Ports.Next()}", "--data", folder.Path]);
        start.Environment["Logging__Console__FormatterName"] = "json";
        using var process = Process.Start(start)!;
        try
        {
            var line = JsonSerializer.Deserialize<JsonElement>((await process.StandardOutput.ReadLineAsync().WaitAsync(Eventually.Deadline))!);
            Assert.Equal("Information", line.GetProperty("LogLevel").GetString());
            Assert.EndsWith("Z", line.GetProperty("Timestamp").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task LogGrowsByALineASecondAtMost_WhenCallersWithoutATokenFloodIt()
    {
        const int Requests = 600;
        await using var silo = await SiloProcess.StartAsync();
        var before = Lines(silo).Length;
        var began = Stopwatch.GetTimestamp();
        using var bad = new ApiClient(silo.Address, "ey.bad.token");
        using var wrong = new ApiClient(silo.Address, Forge(silo));
        using var anonymous = new ApiClient(silo.Address, token: null);
        using var alice = silo.As("alice");
        for (var i = 0; i < Requests; i++)
        {
            (await bad.GetAsync("/api/videos")).IsProblem(401, "token_invalid");
            (await wrong.GetAsync("/api/videos")).IsProblem(401, "token_invalid");
            (await anonymous.GetAsync($"/api/events?ticket={Guid.NewGuid():N}")).IsProblem(401, "token_missing");
            (await anonymous.GetAsync("/api/events?ticket=%20short")).IsProblem(401, "token_missing");
            (await alice.GetAsync($"/api/videos/{Guid.CreateVersion7():N}")).IsProblem(404, "not_found");
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Assert.InRange(Lines(silo).Length - before, 1, Math.Max(3, (int)seconds));
        Assert.Contains("tokens refused: wrong signature", silo.Log, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(silo.Data, "keys", "token.key"), silo.Log, StringComparison.Ordinal);
    }

    /// <summary>A token whose signature is another one.</summary>
    private static string Forge(SiloProcess silo)
    {
        var token = silo.Token("alice").Split('.');
        return $"{token[0]}.{token[1]}.{string.Concat(token[2].Reverse())}";
    }

    private static string[] Lines(SiloProcess silo) => silo.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
