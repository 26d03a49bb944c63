using System.Globalization;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Videos.Tools;

/// <summary>No tool outlives its silo, and none knows what the silo knows.</summary>
public sealed class ToolLifeTests
{
    [MediaFact]
    public async Task ToolsAreGone_WhenTheSiloIsKilled()
    {
        using var tools = new StubTools();
        await using var silo = await StartAsync(tools);
        tools.Always("ffprobe", "sleep 1000 & mkdir -p \"$D/children/$!\"; exec sleep 1000");
        using var api = silo.As("alice");
        await api.UploadAsync(Samples.Mp4);
        await Eventually.TrueAsync(() => tools.Names("children").Length == 1, "the tool runs");
        int[] running = [.. tools.Runs("ffprobe"), .. tools.Names("children").Select(int.Parse)];
        await silo.KillAsync();
        await Eventually.TrueAsync(() => !running.Any(IsAlive), "nothing of the tool is left");
    }

    [MediaFact]
    public async Task ToolIsGoneAndTheFolderToo_WhenItsVideoIsDeletedAndTheSiloStops()
    {
        using var tools = new StubTools();
        await using var silo = await StartAsync(tools);
        tools.Always("ffprobe", "exec sleep 1000");
        using var api = silo.As("alice");
        var id = await api.UploadAsync(Samples.Mp4);
        await Eventually.TrueAsync(() => tools.Runs("ffprobe").Length == 1, "the tool runs");
        (await api.DeleteAsync($"/api/videos/{id}")).Is(204);
        await Eventually.TrueAsync(() => !IsAlive(tools.Runs("ffprobe")[0]), "the tool is gone");

        await api.UploadAsync(Samples.Mp4);
        await Eventually.TrueAsync(() => tools.Runs("ffprobe").Length == 2, "the next one runs");
        await silo.TerminateAsync();
        await silo.ExitAsync();
        Assert.DoesNotContain(tools.Runs("ffprobe"), IsAlive);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(silo.Data, "scratch")));
    }

    [MediaFact]
    public async Task ToolKnowsNothingOfTheSilo_WhenItLooksAtItsEnvironment()
    {
        using var tools = new StubTools();
        await using var silo = await StartAsync(tools, ("AWS_SECRET_ACCESS_KEY", "secret"));
        foreach (var tool in (string[])["ffprobe", "ffmpeg"])
            tools.Always(tool, "for name in $(env | cut -d= -f1); do mkdir -p \"$D/env/$name\"; done; mkdir -p \"$D/folders/$(pwd | tr / _)\"");
        using var api = silo.As("alice");
        await api.UploadToReadyAsync(Samples.Mp4);
        Assert.Equal(["AV_LOG_FORCE_NOCOLOR", "PATH"], tools.Names("env").Except(["PWD", "OLDPWD", "SHLVL", "_"]).Order(StringComparer.Ordinal));
        Assert.Equal(3, tools.Names("folders").Length);
        Assert.All(tools.Names("folders"), folder => Assert.Contains("_scratch_", folder, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(silo.Data, "scratch")));
    }

    [NodeFact]
    public async Task NoSignedAddressIsSeen_WhenTheSourceIsInS3()
    {
        await using var bucket = await S3Bucket.CreateAsync();
        using var tools = new StubTools();
        await using var silo = await StartAsync(tools, bucket.Settings);
        tools.Once("ffprobe", $"while [ ! -e '{tools.Path}/go' ]; do [ -d '{tools.Path}' ] || exit 1; sleep 0.05; done");
        using var api = silo.As("alice");
        var id = await api.UploadAsync(Samples.Mp4);
        await Eventually.TrueAsync(() => tools.Runs("ffprobe").Length == 1, "the tool runs");

        var words = CommandLine(tools.Runs("ffprobe")[0]);
        Assert.DoesNotContain(AllCommandLines(), line => line.Contains("X-Amz-Signature", StringComparison.OrdinalIgnoreCase)
            || line.Contains(bucket.Name, StringComparison.Ordinal));
        var address = words[^1];
        Assert.Matches("^http://127\\.0\\.0\\.1:[0-9]+/[0-9a-f]{32}$", address);
        using var network = new ToolNetwork(tools.Runs("ffprobe")[0]);
        // Root may make networks; then the tool has one of its own.
        Assert.Equal(Environment.IsPrivilegedProcess && !silo.Log.Contains("SourceNetworkShared", StringComparison.Ordinal), network.IsApart);
        Assert.Equal(Samples.Mp4, (await network.GetAsync(new Uri(address))).Body);

        await File.WriteAllTextAsync(Path.Combine(tools.Path, "go"), "");
        await api.UntilAsync(id, "ready");
        Assert.Equal("404", (await network.GetAsync(new Uri(address))).Status);
        Assert.DoesNotContain("X-Amz-Signature", silo.Log, StringComparison.OrdinalIgnoreCase);
    }

    [MediaFact]
    public async Task ToolIsHeldDown_WhenItRuns()
    {
        using var tools = new StubTools();
        await using var silo = await StartAsync(tools, ("Tools__MemoryMebibytes", "700"));
        tools.Once("ffprobe", $"while [ ! -e '{tools.Path}/go' ]; do [ -d '{tools.Path}' ] || exit 1; sleep 0.05; done");
        using var api = silo.As("alice");
        await api.UploadAsync(Samples.Mp4);
        await Eventually.TrueAsync(() => tools.Runs("ffprobe").Length == 1, "the tool runs");
        var pid = tools.Runs("ffprobe")[0];
        var limits = await File.ReadAllTextAsync($"/proc/{pid}/limits");
        Assert.Matches($"Max address space +{700 * 1024 * 1024} +{700 * 1024 * 1024} ", limits);
        Assert.Matches("Max core file size +0 +0 ", limits);
        Assert.Matches("Max file size +0 +0 ", limits);
        Assert.Matches("Max open files +64 +64 ", limits);
        Assert.Matches("Max cpu time +30 +35 ", limits);
        Assert.Equal("500", (await File.ReadAllTextAsync($"/proc/{pid}/oom_score_adj")).Trim());
        Assert.NotEqual((await File.ReadAllTextAsync($"/proc/{silo.Id}/oom_score_adj")).Trim(), (await File.ReadAllTextAsync($"/proc/{pid}/oom_score_adj"))
            .Trim());
        await File.WriteAllTextAsync(Path.Combine(tools.Path, "go"), "");
    }

    private static Task<SiloProcess> StartAsync(StubTools tools, params (string Name, string Value)[] more) =>
        SiloProcess.StartAsync(data: null, [("Worker__ToolPath", tools.Path), .. more]);

    /// <summary>A zombie is dead; who is its parent now is not this test's.</summary>
    private static bool IsAlive(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static IEnumerable<string> AllCommandLines() => Processes().Select(process => string.Join(' ', CommandLine(process)));

    private static IEnumerable<int> Processes() =>
        Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    private static string[] CommandLine(int pid)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
