using Ingestion.Backends.Media;
using Ingestion.Backends.Media.Tools;

namespace Ingestion.Tests.Unit.Media.Tools;

/// <summary>What stands before a tool on systems that have more or less.</summary>
public sealed class ToolPlatformTests
{
    private const string Everything = """
        setsid
        nice -n 10
        ionice -c 2 -n 7
        unshare --net
        setpriv --no-new-privs
        limit memory
        limit cpu
        limit files
        limit size
        limit core
        limit oom
        """;

    private static readonly MediaSource _file = new("id", "/data/source", null);

    [Fact]
    public void Nothing_IsMissing_WhenAllIsThere() => Assert.Empty(ToolPlatform.Read("/bin/sh", Everything).Missing);

    [Fact]
    public void Network_IsTakenBeforePrivileges_WhenTheSourceIsAFile()
    {
        var line = ToolPlatform.Read("/bin/sh", Everything).CommandLine(new ToolCommand("/usr/bin/ffprobe", ["-v", "error"], _file, 1), new ToolOptions());
        Assert.Equal(["/bin/sh", "-c"], line.Take(2));
        Assert.Equal(
            ["sh", "1048576", "30", "64", "setsid", "nice", "-n", "10", "ionice", "-c", "2", "-n", "7", "unshare", "--net", "setpriv", "--no-new-privs",
            "/usr/bin/ffprobe", "-v", "error"],
            line.Skip(3));
    }

    [Fact]
    public void Missing_IsNamed_WhenTheSystemHasLess()
    {
        var platform = ToolPlatform.Read("/bin/sh", "nice -n 10\nlimit cpu\n");
        Assert.Equal(
            ["process group", "ionice", "network namespace", "no new privileges", "memory limit", "open files limit", "file size limit", "no core",
            "oom score"], platform.Missing);
        Assert.Equal(["nice", "-n", "10", "/usr/bin/ffprobe"], platform.CommandLine(new ToolCommand("/usr/bin/ffprobe", [], _file, 1), new ToolOptions())
            .Skip(7));
    }

    [Fact]
    public void Tool_RunsByItself_WhenThereIsNoShell() =>
        Assert.Equal(["ffprobe.exe", "-v"], ToolPlatform.Read(null, "").CommandLine(new ToolCommand("ffprobe.exe", ["-v"], _file, 1), new ToolOptions()));
}
