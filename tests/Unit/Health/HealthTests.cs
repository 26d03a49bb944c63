using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.Json;
using Ingestion.Api.Freezes;
using Ingestion.Api.Health;
using Ingestion.Api.Reach;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;

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
        using var freezes = Freezes(new ManualTime());
        var result = await new MembershipCheck(Oracle.Of(status), freezes, Reach()).CheckHealthAsync(new HealthCheckContext());
        Assert.Equal(expected, result.Status);
        Assert.EndsWith("; sees 1 dead, 2 active", result.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Membership_IsUnhealthy_WhenTheSiloWasFrozenAndDoesNotKnowWhatBecameOfIt()
    {
        var time = new ManualTime();
        using var freezes = Freezes(time);
        time.Advance(TimeSpan.FromSeconds(15));
        var check = new MembershipCheck(Oracle.Of(SiloStatus.Active), freezes, Reach());
        Assert.Equal(HealthStatus.Unhealthy, (await check.CheckHealthAsync(new HealthCheckContext())).Status);
    }

    [Fact]
    public async Task Membership_IsDegraded_WhileAnotherSiloDoesNotAnswer()
    {
        using var freezes = Freezes(new ManualTime());
        var reach = Reach();
        reach.Unreachable = 1;
        var result = await new MembershipCheck(Oracle.Of(SiloStatus.Active), freezes, reach).CheckHealthAsync(new HealthCheckContext());
        Assert.Equal((HealthStatus.Degraded, "active; sees 1 dead, 2 active; 1 of them without an answer"), (result.Status, result.Description));
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

    private static ReachMetrics Reach() => new(
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), Oracle.Of(SiloStatus.Active));

    private static FreezeGuard Freezes(TimeProvider time) => new(
        DispatchProxy.Create<IClusterMembershipService, Oracle>(), DispatchProxy.Create<ILocalSiloDetails, Oracle>(), time, NullLogger<FreezeGuard>.Instance);

    private static JsonElement Details(HealthReportEntry entry)
    {
        var report = new HealthReport(new Dictionary<string, HealthReportEntry> { ["store"] = entry }, TimeSpan.Zero);
        return JsonSerializer.Deserialize<JsonElement>(HealthDetails.Write(report)).GetProperty("checks")[0];
    }
}
