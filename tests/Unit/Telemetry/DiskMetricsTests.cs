using System.Diagnostics.Metrics;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Unit.Telemetry;

/// <summary>How much room there is.</summary>
public sealed class DiskMetricsTests : IDisposable
{
    private const long Kibibyte = 1024;

    // Of a disk that other processes write to meanwhile.
    private const double Tolerance = 64 << 20;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TempFolder _folder = new();

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose()
    {
        _services.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Figures_AreThoseOfTheDataFoldersDisk_AndShownOnce()
    {
        var read = Read(_folder.Path);
        var disk = new DriveInfo(_folder.Path);
        Assert.Equal(["ingestion.disk.free data", "ingestion.disk.limit data"], read.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(disk.TotalSize, read["ingestion.disk.limit data"]);
        Assert.InRange(read["ingestion.disk.free data"], disk.AvailableFreeSpace - Tolerance, disk.AvailableFreeSpace + Tolerance);
    }

    [Fact]
    public void ThereIsNoFigure_WhileTheFolderIsGone()
    {
        var data = _folder.In("data");
        Assert.Empty(Read(data));
        Directory.CreateDirectory(data);
        Assert.Equal(2, Gauges.Read(Meters).Count);
    }

    [SmallDiskFact]
    public void StagingFolderHasFiguresOfItsOwn_WhereItIsOnAnotherDisk()
    {
        using var disk = SmallDisk.Mount(kibibytes: 256);
        Directory.CreateSymbolicLink(_folder.In("staging"), disk.Path);
        var read = Read(_folder.Path);
        Assert.Equal(256 * Kibibyte, read["ingestion.disk.limit staging"]);
        Assert.Equal(256 * Kibibyte, read["ingestion.disk.free staging"]);
        Assert.NotEqual(read["ingestion.disk.limit staging"], read["ingestion.disk.limit data"]);
        disk.FillUpTo(freePages: 3);
        Assert.Equal(3 * 4 * Kibibyte, Gauges.Read(Meters)["ingestion.disk.free staging"]);
    }

    private Dictionary<string, double> Read(string data)
    {
        _ = new DiskMetrics(Meters, new SiloSettings { Data = data });
        return Gauges.Read(Meters);
    }
}
