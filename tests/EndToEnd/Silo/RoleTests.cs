using System.Text.RegularExpressions;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>What a silo shows of itself in every role, and what it takes for a role.</summary>
public sealed partial class RoleTests
{
    [Theory]
    [InlineData("api", 401)]
    [InlineData("worker", 404)]
    public async Task HealthAndMetricsAnswer_InEveryRole(string role, int videos)
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Roles", role));
        using var anyone = new ApiClient(silo.Address, token: null);

        Assert.Equal("live", (await anyone.GetAsync("/health/live")).Is(200).Text);
        foreach (var ready in new[] { "/health/ready", "/health", "/healthz" })
            Assert.Equal("ready", (await anyone.GetAsync(ready)).Is(200).Text);
        await ShowsItsChecksAsync(anyone);
        await ShowsItsMetricsAsync(anyone);
        (await anyone.GetAsync("/api/videos")).Is(videos);
    }

    [Theory]
    [InlineData("wroker", "the unknown role 'wroker'. Did you mean 'worker'?")]
    [InlineData("api,woker", "the unknown role 'woker'. Did you mean 'worker'?")]
    [InlineData("API", "the unknown role 'API'. Did you mean 'api'?")]
    [InlineData(",", "names no role")]
    [InlineData("api,", "names no role")]
    public async Task RefusesToStartAndNamesTheRole_WhenItIsUnknown(string roles, string sentence)
    {
        using var folder = new TempFolder();
        var run = await Executable.RunSiloAsync("--urls", $"http://127.0.0.1:{Ports.Next()}", "--data", folder.Path, $"--roles={roles}");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(sentence, run.Output + run.Error, StringComparison.Ordinal);
    }

    private static async Task ShowsItsChecksAsync(ApiClient anyone)
    {
        var answer = (await anyone.GetAsync("/health/details")).Is(200);
        Assert.StartsWith("application/json", answer.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Equal("healthy", answer.Json.GetProperty("status").GetString());
        var checks = answer.Json.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!);
        Assert.Equal("started", checks["host"].GetProperty("description").GetString());
        Assert.Equal("active; sees 1 active", checks["membership"].GetProperty("description").GetString());
        Assert.Equal("journal open", checks["queue"].GetProperty("description").GetString());
        Assert.All(checks.Values, check =>
        {
            Assert.Equal("healthy", check.GetProperty("status").GetString());
            Assert.True(check.GetProperty("duration_ms").GetDouble() >= 0);
            Assert.Equal(0, check.GetProperty("age_seconds").GetDouble());
        });
    }

    private static async Task ShowsItsMetricsAsync(ApiClient anyone)
    {
        var answer = (await anyone.GetAsync("/metrics")).Is(200);
        Assert.StartsWith("text/plain", answer.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^ingestion_build_info\{.*service_version=""[^""]+"".*\} 1\b", answer.Text);
        Assert.Matches(@"(?m)^target_info\{.*service_instance_id=""127\.0\.0\.1:\d+@\d+""", answer.Text);
        foreach (var name in new[] { "service_name", "service_version", "service_namespace", "deployment_environment" })
            Assert.Matches($@"(?m)^target_info\{{.*\b{name}=""[^""]+""", answer.Text);
        Assert.Matches(@"(?m)^ingestion_memory_usage_bytes(\{.*\})? [1-9]\d{7,}\b", answer.Text);
        Assert.Matches(@"(?m)^ingestion_disk_free_bytes\{.*ingestion_disk_folder=""data"".*\} [1-9]", answer.Text);
        Assert.Contains("dotnet_gc_collections_total", answer.Text, StringComparison.Ordinal);
        Assert.Contains("process_cpu_time_seconds_total", answer.Text, StringComparison.Ordinal);
        // Each family once: two of one name would make Prometheus refuse the whole scrape.
        var families = FamilyPattern().Matches(answer.Text).Select(family => family.Value).ToList();
        Assert.Equal(families.Distinct(), families);
    }

    [GeneratedRegex("^# TYPE [^ ]+", RegexOptions.Multiline)]
    private static partial Regex FamilyPattern();
}
