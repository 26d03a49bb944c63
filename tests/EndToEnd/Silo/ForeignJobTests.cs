using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>Silos that share a queue and a bucket, and no state.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm, "ffprobe", "ffmpeg")]
public sealed class ForeignJobTests
{
    private const int WrongSetting = 78;

    /// <summary>The first video keeps the only worker of its service busy, so the job of the second one comes to the other service.</summary>
    [ContractFact]
    public Task VideoIsKeptAndProcessedByItsOwnService_WhenAnotherOneTakesItsJob() => KeepAsync("own", "other");

    /// <summary>A staging silo with production's settings, or a second laptop: nothing but its state is its own.</summary>
    [ContractFact]
    public Task VideoIsKeptAndProcessedByItsOwnService_WhenAnotherOneOfTheSameNameTakesItsJob() => KeepAsync("ingestion", "ingestion");

    private static async Task KeepAsync(string name, string otherName)
    {
        await using var backends = await SharedBackends.StartAsync();
        using var tools = new HeldTools();
        await using var own = await SiloProcess.StartAsync(
            data: null, [.. backends.Settings, ("Cluster__ServiceId", name), ("Worker__Concurrency", "1"), ("Worker__ToolPath", tools.Path)]);
        using var api = own.As("alice");
        await api.UploadAsync(Samples.Mp4);
        await tools.UntilBegunAsync();
        await using var other = await SiloProcess.StartAsync(data: null, [.. backends.Settings, ("Cluster__ServiceId", otherName)]);
        var id = await api.UploadAsync(Samples.Mp4);

        await Eventually.TrueAsync(async () => await CountForeignAsync(other) >= 2, () => $"the job comes to the other service, and again.\n{other.Log}");
        Assert.Equal("queued", (await api.GetJsonAsync($"/api/videos/{id}")).GetProperty("status").GetString());
        Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body);

        tools.LetGo();
        await api.UntilAsync(id, "ready");
        Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body);
        var line = Assert.Single(other.Log.Split('\n'), line => line.Contains("was made by the service", StringComparison.Ordinal));
        Assert.Matches($"{id} was made by the service {name}/[0-9a-f]{{8}} and this is {otherName}/[0-9a-f]{{8}}", line);
        Assert.DoesNotContain("swept", other.Log, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => await backends.CountJobsAsync() == 0, "both jobs are done");
    }

    [Theory]
    [InlineData("api")]
    [InlineData("worker")]
    public async Task SiloDoesNotStart_WhenItHasOneRoleAndStateOfItsOwnOnASharedQueue(string role)
    {
        using var folder = new TempFolder();
        var start = Executable.Silo(["--urls", $"http://127.0.0.1:{Ports.Next()}", "--data", folder.In("data"), "--roles", role]);
        start.Environment["Ingestion__Queue"] = "sqs";
        start.Environment["Ingestion__Sqs__QueueUrl"] = "http://queues.example/jobs";
        start.Environment["Ingestion__Sqs__DeadLetterQueueUrl"] = "http://queues.example/dead";
        var run = await Executable.RunAsync(start);

        Assert.Equal(WrongSetting, run.ExitCode);
        var sentence = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        foreach (var setting in new[] { $"Ingestion:Roles={role}", "Ingestion:Cluster:Kind=localhost", "Ingestion:Queue=sqs" })
            Assert.Contains(setting, sentence, StringComparison.Ordinal);
    }

    private static async Task<double> CountForeignAsync(SiloProcess silo)
    {
        using var anyone = new ApiClient(silo.Address, token: null);
        var metrics = (await anyone.GetAsync("/metrics")).Is(200).Text;
        var line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith("ingestion_job_foreign_total", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
