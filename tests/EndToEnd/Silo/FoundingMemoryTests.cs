using System.Globalization;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>
/// The founding documents' tests of memory: under sustained load (TS-RNF-016-001), and for leaks (-002). Recycling (-003) is in <see cref="Stops.RecycleTests"/>.
/// </summary>
public sealed class FoundingMemoryTests
{
    private const int Users = 20;
    private const double AverageMebibytes = 512;
    private const double MostMebibytes = 700;

    // What a user's journal keeps of twenty rounds, and what the runtime still learns.
    private const long MostGrownBytes = 3 * 1024 * 1024;

    private static readonly TimeSpan _sustained = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _betweenSurveys = TimeSpan.FromSeconds(61);

    [Fact]
    public async Task MemoryKeepsToTheFoundingNumbers_UnderSustainedLoad()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var ended = new CancellationTokenSource(_sustained);
        var samples = new List<double>();
        var load = Task.WhenAll(Enumerable.Range(0, Users).Select(async i =>
        {
            using var api = silo.As($"user-{i}");
            while (!ended.IsCancellationRequested)
            {
                var video = await api.UploadAsync(Samples.Mp4);
                Assert.Contains(video, await api.ListAsync());
                (await api.GetAsync($"/api/videos/{video}/source")).Is(200);
            }
        }));
        while (!load.IsCompleted)
        {
            samples.Add(ResidentMebibytes(silo));
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        await load;
        Assert.InRange(samples.Average(), 0, AverageMebibytes);
        Assert.InRange(samples.Max(), 0, MostMebibytes);
    }

    [Fact]
    public async Task NothingGrows_WhenTheSameUsersComeAgainAndAgain()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var admin = silo.As("operator", "admin");
        await RoundsAsync(silo, 5);
        var before = await SurveyAsync(admin);
        await Task.Delay(_betweenSurveys);
        await RoundsAsync(silo, 20);
        var after = await SurveyAsync(admin);

        var grown = BytesOf(after) - BytesOf(before);
        Assert.True(grown <= MostGrownBytes, $"{grown} bytes more than {BytesOf(before)}: {after.GetProperty("growth")}");
    }

    private static Task RoundsAsync(SiloProcess silo, int rounds) => Task.WhenAll(Enumerable.Range(0, Users).Select(async i =>
    {
        using var api = silo.As($"user-{i}");
        for (var round = 0; round < rounds; round++)
        {
            await Webhooks.LossTests.BurstAsync(api, 1);
            await api.ListAsync();
            (await api.GetAsync("/api/events/poll?wait=0")).Is(200);
        }
    }));

    private static async Task<JsonElement> SurveyAsync(ApiClient admin)
    {
        var address = (await admin.GetJsonAsync("/api/admin/silos")).GetProperty("items")[0].GetProperty("address").GetString()!;
        return (await admin.SendAsync(HttpMethod.Post, $"/api/admin/silos/{Uri.EscapeDataString(address)}/heap")).Is(200).Json;
    }

    private static long BytesOf(JsonElement heap) => heap.GetProperty("survey").GetProperty("bytes").GetInt64();

    private static double ResidentMebibytes(SiloProcess silo)
    {
        var line = File.ReadLines($"/proc/{silo.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
