using System.Reflection;
using System.Text.Json;
using Ingestion.Api.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ingestion.Tests.Unit.Health;

public sealed class HealthTests
{
    [Theory]
    [InlineData(SiloStatus.Joining, HealthStatus.Unhealthy)]
    [InlineData(SiloStatus.Active, HealthStatus.Healthy)]
    [InlineData(SiloStatus.ShuttingDown, HealthStatus.Unhealthy)]
    [InlineData(SiloStatus.Dead, HealthStatus.Unhealthy)]
    public async Task Membership_IsHealthy_OnlyWhileTheSiloIsActive(SiloStatus status, HealthStatus expected)
    {
        var oracle = DispatchProxy.Create<ISiloStatusOracle, Oracle>();
        ((Oracle)(object)oracle).Status = status;
        Assert.Equal(expected, (await new MembershipCheck(oracle).CheckHealthAsync(new HealthCheckContext())).Status);
    }

    [Fact]
    public void Details_ShowNoMessageOfAnException()
    {
        const string Secret = "Host=db;Password=secret";
        var thrown = new InvalidOperationException(Secret);
        var check = Details(new HealthReportEntry(HealthStatus.Unhealthy, thrown.Message, TimeSpan.Zero, thrown, data: null));
        Assert.Equal("failed", check.GetProperty("description").GetString());
        Assert.DoesNotContain(Secret, check.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Details_ShowHowOldAnAnswerIs()
    {
        var data = new Dictionary<string, object> { [HealthDetails.Age] = TimeSpan.FromSeconds(12) };
        var check = Details(new HealthReportEntry(HealthStatus.Degraded, "no answer", TimeSpan.FromMilliseconds(3), exception: null, data));
        Assert.Equal(("degraded", "no answer", 12, 3), (
            check.GetProperty("status").GetString(),
            check.GetProperty("description").GetString(),
            check.GetProperty("age_seconds").GetDouble(),
            check.GetProperty("duration_ms").GetDouble()));
    }

    private static JsonElement Details(HealthReportEntry entry)
    {
        var report = new HealthReport(new Dictionary<string, HealthReportEntry> { ["store"] = entry }, TimeSpan.Zero);
        return JsonSerializer.Deserialize<JsonElement>(HealthDetails.Write(report)).GetProperty("checks")[0];
    }

    /// <summary>Knows the status of its own silo, and nothing else.</summary>
    public class Oracle : DispatchProxy
    {
        public SiloStatus Status { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod?.Name == "get_CurrentStatus" ? Status : throw new NotSupportedException(targetMethod?.Name);
    }
}
