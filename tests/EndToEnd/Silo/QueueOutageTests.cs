using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>A queue that is misconfigured or unavailable: uploads continue, the operator reads one line, and nothing is lost.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm, "ffprobe", "ffmpeg")]
public sealed class QueueOutageTests
{
    private const int Uploads = 4;

    [ContractFact]
    public async Task VideosBecomeReady_WhenTheQueueIsThereAfterAll()
    {
        await using var backends = await SharedBackends.StartAsync(withQueue: false);
        await using var silo = await SiloProcess.StartAsync(data: null, backends.QueueSettings);
        using var api = silo.As("alice");
        await using var events = await StatusClient.SubscribedAsync(api);
        var ids = await Task.WhenAll(Enumerable.Range(0, Uploads).Select(_ => api.UploadAsync(Samples.Mp4)));

        // The owner is notified of each upload although its job waits.
        var waiting = ids.ToHashSet();
        while (waiting.Count > 0)
        {
            if (await events.NextAsync("evt") is { State: "uploaded" } uploaded)
                waiting.Remove(uploaded.VideoId!);
        }

        await ShowsTheOutageAsync(silo);
        await backends.CreateQueueAsync();
        foreach (var id in ids)
            await api.UntilAsync(id, "ready");
        Assert.Equal("healthy", await QueueAsync(silo, "status"));
        Assert.Single(Lines(silo, "The job queue can be used again"));
        LogsNoStack(silo);
    }

    [Fact]
    public async Task UploadIsTakenAndTheLogIsShort_WhenNothingListensAtTheQueuesAddress()
    {
        var address = $"http://127.0.0.1:{Ports.Next()}";
        await using var silo = await SiloProcess.StartAsync(
            data: null,
            ("Queue", "sqs"), ("Sqs__ServiceUrl", address), ("Sqs__Region", "us-east-1"),
            ("Sqs__QueueUrl", $"{address}/jobs"), ("Sqs__DeadLetterQueueUrl", $"{address}/dead"),
            ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"));
        using var api = silo.As("alice");
        foreach (var id in await Task.WhenAll(Enumerable.Range(0, Uploads).Select(_ => api.UploadAsync(Samples.Mp4))))
            Assert.Equal("uploaded", (await api.GetJsonAsync($"/api/videos/{id}")).GetProperty("status").GetString());
        await ShowsTheOutageAsync(silo);
        Assert.Contains("no answer", await QueueAsync(silo, "description"), StringComparison.Ordinal);
        LogsNoStack(silo);
        await silo.TerminateAsync();
        Assert.Equal(0, await silo.ExitAsync());
    }

    private static async Task ShowsTheOutageAsync(SiloProcess silo)
    {
        await Eventually.TrueAsync(async () => await QueueAsync(silo, "status") == "degraded", () => $"health shows the outage.\n{silo.Log}");
        using var anyone = new ApiClient(silo.Address, token: null);
        Assert.Equal("ready", (await anyone.GetAsync("/health/ready")).Is(200).Text);
        Assert.Matches(@"(?m)^ingestion_job_queue_outage_age_seconds(\{.*\})? (0\.)?0*[1-9]", (await anyone.GetAsync("/metrics")).Is(200).Text);
        Assert.InRange(Lines(silo, "The job queue can't be used").Count, 1, 2);
    }

    private static async Task<string?> QueueAsync(SiloProcess silo, string property)
    {
        using var anyone = new ApiClient(silo.Address, token: null);
        var checks = (await anyone.GetJsonAsync("/health/details")).GetProperty("checks");
        return checks.EnumerateArray().Single(check => check.GetProperty("name").GetString() == "queue").GetProperty(property).GetString();
    }

    private static List<string> Lines(SiloProcess silo, string text) => [.. silo.Log.Split('\n').Where(line => line.Contains(text, StringComparison.Ordinal))];

    private static void LogsNoStack(SiloProcess silo) => Assert.Empty(Lines(silo, "   at "));
}
