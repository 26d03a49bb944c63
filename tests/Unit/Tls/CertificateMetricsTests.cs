using System.Diagnostics.Metrics;
using Ingestion.Silo.Tls;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Unit.Tls;

public sealed class CertificateMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTime _time = new();
    private readonly CertificateMetrics _metrics;

    public CertificateMetricsTests() => _metrics = new CertificateMetrics(Meters, _time);

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Remaining_FallsUntilTheEnd_AndIsNegativeAfterIt()
    {
        var end = _time.GetUtcNow().AddDays(1);
        _metrics.Watch("silo", () => end);
        Assert.Equal(24 * 3600, Remaining("silo"));
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(-24 * 3600, Remaining("silo"));
        end = _time.GetUtcNow().AddHours(1);
        Assert.Equal(3600, Remaining("silo"));
    }

    [Fact]
    public void ThereIsNoFigure_WhereThereIsNoCertificate()
    {
        Assert.Empty(Gauges.Read(Meters));
        _metrics.Watch("http", () => null);
        Assert.Empty(Gauges.Read(Meters));
    }

    private double Remaining(string use) => Gauges.Read(Meters)[$"ingestion.certificate.remaining {use}"];
}
