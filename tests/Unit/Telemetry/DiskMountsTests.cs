using Ingestion.Silo.Telemetry;

namespace Ingestion.Tests.Unit.Telemetry;

public sealed class DiskMountsTests
{
    private static readonly DiskMounts _mounts = new(["/", "/var", "/var/lib/ingestion/staging"]);

    [Theory]
    [InlineData("/home/silo/data", "/")]
    [InlineData("/variable", "/")]
    [InlineData("/var/lib/ingestion", "/var/")]
    [InlineData("/var/lib/ingestion/scratch", "/var/")]
    [InlineData("/var/lib/ingestion/staging", "/var/lib/ingestion/staging/")]
    [InlineData("/var/lib/ingestion/staging/part", "/var/lib/ingestion/staging/")]
    public void Path_LiesBelowTheNearestMount(string path, string mount) => Assert.Equal(mount, _mounts.Of(path));

    [Fact]
    public void NoMountIsNamed_WhereNoneIsKnown() => Assert.Equal("", new DiskMounts([]).Of("/var/lib/ingestion"));

    [Fact]
    public void Link_LiesWhereItLeads()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.In("disk", "staging"));
        Directory.CreateDirectory(folder.In("data"));
        Directory.CreateSymbolicLink(folder.In("data", "staging"), folder.In("disk", "staging"));
        var mounts = new DiskMounts([folder.Path, folder.In("disk")]);
        Assert.Equal(mounts.Of(folder.In("disk")), mounts.Of(folder.In("data", "staging")));
        Assert.NotEqual(mounts.Of(folder.In("data")), mounts.Of(folder.In("data", "staging")));
    }
}
