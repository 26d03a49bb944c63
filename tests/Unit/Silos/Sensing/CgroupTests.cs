using Ingestion.Grains.Silos.Sensing;

namespace Ingestion.Tests.Unit.Silos.Sensing;

/// <summary>Where the cgroup is, and what it says, by files as systems have them.</summary>
public sealed class CgroupTests : IDisposable
{
    private const string Mounts1 = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:4 - cgroup cgroup rw,cpu
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """;

    private const string Mounts2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate";

    private readonly FileTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Version2_IsRead_WithTheLeastLimitOfAllAbove()
    {
        System("0::/system.slice/ingestion.service", Mounts2);
        Group2("/sys/fs/cgroup/system.slice/ingestion.service", max: "1073741824", high: "max");
        Group2("/sys/fs/cgroup/system.slice", max: "max", high: "536870912");
        Assert.Equal(new CgroupReading(2, IsOwn: true, 300_000_000, 100_000_000, 60_000_000, 536_870_912, LimitHits: 7, Kills: 1), Read());
        Assert.Equal((200_000_000, 140_000_000), (Read().WorkingSetBytes, Read().FixedBytes));
    }

    [Fact]
    public void Version2_IsReadAtItsMount_WhenAContainerSeesItsOwn()
    {
        System("0::/", Mounts2);
        Group2("/sys/fs/cgroup", max: "268435456", high: "max");
        Assert.Equal((2, 268_435_456), (Read().Version, Read().LimitBytes));
    }

    [Fact]
    public void Version2_IsReadAtItsMount_WhenThePathLiesOutside()
    {
        System("0::/../other", Mounts2);
        Group2("/sys/fs/cgroup", max: "268435456", high: "max");
        Assert.Equal(268_435_456, Read().LimitBytes);
    }

    [Fact]
    public void Version1_IsRead_WithTheLimitOfItsHierarchy()
    {
        System("9:name=systemd:/\n4:memory:/docker/abc\n1:cpu:/\n0::/", Mounts1);
        Group1("/sys/fs/cgroup/memory/docker/abc", limit: "9223372036854771712", hierarchical: 400_000_000);
        Assert.Equal(new CgroupReading(1, IsOwn: true, 300_000_000, 90_000_000, 10_000_000, 400_000_000, LimitHits: 3, Kills: 2), Read());
    }

    [Fact]
    public void Version1_IsReadAtItsMount_WhenTheMountIsTheContainersOwn()
    {
        System("4:memory:/docker/abc", "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro,relatime - cgroup cgroup rw,memory");
        Group1("/sys/fs/cgroup/memory", limit: "350000000", hierarchical: 350_000_000);
        Assert.Equal(350_000_000, Read().LimitBytes);
    }

    [Fact]
    public void Nothing_IsRead_WithoutAControllerForMemory()
    {
        Assert.Equal(default, Read());
        System("0::/", Mounts2);
        Assert.Equal(default, Read());
    }

    [Fact]
    public void Use_IsNotOurs_WhenOthersAreThere()
    {
        System("0::/shared", Mounts2);
        Group2("/sys/fs/cgroup/shared", max: "max", high: "max", processes: $"1\n{Environment.ProcessId}\n4711\n");
        Assert.Equal((false, long.MaxValue), (Read().IsOwn, Read().LimitBytes));
    }

    [Fact]
    public void Limit_IsReadAnew_WhenItIsChanged()
    {
        System("0::/a", Mounts2);
        Group2("/sys/fs/cgroup/a", max: "1000000000", high: "max");
        using var cgroup = new Cgroup(_tree.Root);
        Assert.Equal(1_000_000_000, cgroup.Read(anew: true).LimitBytes);
        _tree.Write("/sys/fs/cgroup/a/memory.max", "500000000\n");
        Assert.Equal(500_000_000, cgroup.Read(anew: true).LimitBytes);
    }

    [Fact]
    public void WrittenFiles_AreNoNeedOfRoom_WhileTheyAreNotReadAnew()
    {
        System("0::/a", Mounts2);
        Group2("/sys/fs/cgroup/a", max: "1000000000", high: "max");
        using var cgroup = new Cgroup(_tree.Root);
        var before = cgroup.Read(anew: true);
        _tree.Write("/sys/fs/cgroup/a/memory.current", "700000000\n");
        Assert.Equal(before, cgroup.Read(anew: false));
        Assert.Equal(before.FixedBytes + 400_000_000, cgroup.Read(anew: true).FixedBytes);
    }

    private CgroupReading Read()
    {
        using var cgroup = new Cgroup(_tree.Root);
        return cgroup.Read(anew: true);
    }

    private void System(string groups, string mounts) => _tree.Write("/proc/self/cgroup", groups + "\n").Write("/proc/self/mountinfo", mounts + "\n");

    private void Group2(string folder, string max, string high, string? processes = null) =>
        _tree.Write($"{folder}/memory.current", "300000000\n").Write($"{folder}/memory.max", max + "\n").Write($"{folder}/memory.high", high + "\n")
            .Write($"{folder}/memory.stat", "anon 5\ninactive_anon 4\ninactive_file 100000000\nactive_file 50000000\nslab_reclaimable 10000000\nslab_unreclaimable 3\nslab 10000003\n")
            .Write($"{folder}/memory.events", "low 0\nhigh 0\nmax 7\noom 1\noom_kill 1\noom_group_kill 0\n")
            .Write($"{folder}/cgroup.procs", processes ?? $"{Environment.ProcessId}\n");

    private void Group1(string folder, string limit, long hierarchical) =>
        _tree.Write($"{folder}/memory.usage_in_bytes", "300000000\n").Write($"{folder}/memory.limit_in_bytes", limit + "\n")
            .Write($"{folder}/memory.stat", $"inactive_file 5\nhierarchical_memory_limit {hierarchical}\ntotal_inactive_file 90000000\ntotal_active_file 10000000\n")
            .Write($"{folder}/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n").Write($"{folder}/memory.failcnt", "3\n")
            .Write($"{folder}/cgroup.procs", $"1\n{Environment.ProcessId}\n");
}
