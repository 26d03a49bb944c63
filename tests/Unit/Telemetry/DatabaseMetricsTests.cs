using System.Diagnostics.Metrics;
using Ingestion.Silo.Database;
using Ingestion.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Unit.Telemetry;

/// <summary>How long the database has been away. That it comes back is seen with a real one: DatabaseOutageTests.</summary>
public sealed class DatabaseMetricsTests : IDisposable
{
    private const string NoDatabase = "Host=127.0.0.1;Port=1;Timeout=1;Username=silos;Password=secret";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTime _time = new();
    private readonly DatabaseProbe _probe;

    public DatabaseMetricsTests()
    {
        var settings = new SiloSettings { Cluster = new ClusterSettings { Kind = ClusterSettings.Postgres, ConnectionString = NoDatabase } };
        _probe = new DatabaseProbe(settings, _time, NullLogger<DatabaseProbe>.Instance);
        _ = new DatabaseMetrics(Meters, _probe);
    }

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    private double Age => Gauges.Read(Meters)["ingestion.database.outage.age"];

    public void Dispose()
    {
        _probe.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Age_IsZeroAtFirst_AndGrowsFromTheFirstLookInVain()
    {
        Assert.Equal(0, Age);
        await _probe.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => _probe.Read() is { Answers: false }, "the probe has looked");
        Assert.Equal(0, Age);
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(7, Age);
        // The next look, in vain again, does not begin anew.
        _time.Advance(TimeSpan.FromSeconds(63));
        await Eventually.TrueAsync(() => _probe.Read() is { Silence.TotalSeconds: > 0 }, "the probe has looked again");
        Assert.Equal(70, Age);
        await _probe.StopAsync(CancellationToken.None);
    }
}
