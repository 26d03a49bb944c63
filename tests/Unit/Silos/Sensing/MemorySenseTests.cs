using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Unit.Silos.Sensing;

/// <summary>What is read of this process, and of made-up ones.</summary>
public sealed class MemorySenseTests : IDisposable
{
    private readonly FileTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Reading_HoldsThisProcess()
    {
        using var sense = Sense("/");
        var reading = sense.Read();
        // A .NET process with a test runner in it takes more than 16 MB, and RSS is not counted in pages.
        Assert.InRange(reading.Process.ResidentBytes, 16L << 20, 1L << 40);
        Assert.InRange(reading.Process.AnonymousBytes, 1L << 20, reading.Process.ResidentBytes);
        Assert.InRange(reading.LimitBytes, 128L << 20, 1L << 50);
        Assert.InRange(reading.Heap.InUseBytes, 1, reading.Process.ResidentBytes);
        GC.Collect();
        var collected = sense.Read().Heap;
        Assert.InRange(collected.LiveBytes, 1, collected.CommittedBytes);
    }

    [Fact]
    public void Process_IsSplit_AsTheKernelSplitsIt()
    {
        using var memory = new ResidentMemory("/");
        var read = memory.Read();
        Assert.Equal(read.ResidentBytes, read.AnonymousBytes + read.FileBytes);
        Assert.InRange(read.ResidentBytes, Environment.WorkingSet * 0.8, Environment.WorkingSet * 1.2);
    }

    [Fact]
    public void Process_IsAllAnonymous_WhereTheKernelDoesNotSplitIt()
    {
        _tree.Write("/proc/self/status", "Name:\tsilo\nVmRSS:\t   4000 kB\n").Write("/proc/self/statm", "5000 1000 500 1 0 300 0\n");
        using var memory = new ResidentMemory(_tree.Root);
        var expected = 1000L * Environment.SystemPageSize;
        Assert.Equal(new ProcessReading(expected, expected, 0), memory.Read());
    }

    [Fact]
    public void SharedMemory_CountsToFiles()
    {
        _tree.Write("/proc/self/status", "Name:\tsilo\nVmRSS:\t 600 kB\nRssAnon:\t     100 kB\nRssFile:\t     200 kB\nRssShmem:\t 300 kB\n");
        using var memory = new ResidentMemory(_tree.Root);
        Assert.Equal(new ProcessReading(600 << 10, 100 << 10, 500 << 10), memory.Read());
    }

    [Fact]
    public void Limit_IsTheLesserOfCgroupAndMachine()
    {
        _tree.Write("/proc/meminfo", "MemTotal:        1000000 kB\nMemFree:          200000 kB\n")
            .Write("/proc/self/cgroup", "0::/a\n").Write("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n")
            .Write("/sys/fs/cgroup/a/memory.current", "5\n").Write("/sys/fs/cgroup/a/memory.max", "max\n");
        var time = new ManualTime();
        using var sense = Sense(_tree.Root, time: time);
        Assert.Equal(1_000_000L * 1024, sense.Read().LimitBytes);
        _tree.Write("/sys/fs/cgroup/a/memory.max", "700000000\n");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(700_000_000, sense.Read().LimitBytes);
    }

    [Theory]
    [InlineData("some avg10=12.50 avg60=1.00 avg300=0.00 total=1\nfull avg10=3.00 avg60=0.00 avg300=0.00 total=1\n", 0.125)]
    [InlineData("nothing", 0)]
    public void Stall_IsThatOfTheCgroup_WhereThereIsOne(string text, double expected)
    {
        _tree.Write("/proc/pressure/memory", "some avg10=99.00 avg60=0.00 avg300=0.00 total=0\n").Write("/a/memory.pressure", text);
        using var own = new MemoryStall(_tree.Root, Path.Combine(_tree.Root, "a"));
        using var machine = new MemoryStall(_tree.Root, Path.Combine(_tree.Root, "none"));
        using var none = new MemoryStall(Path.Combine(_tree.Root, "none"), cgroup: null);
        Assert.Equal((expected, 0.99, 0), (own.Read(), machine.Read(), none.Read()));
    }

    [Fact]
    public void Reserve_IsForTheToolsOfAWorker()
    {
        using var sense = Sense("/", services => services.AddSingleton<IToolMemory>(new OneTool()));
        Assert.Equal(new ToolReading(1, 70 << 20, 256 << 20), sense.Read().Tools);
    }

    [Fact]
    public void Tick_AllocatesNothing()
    {
        using var sense = Sense("/");
        var (trend, rules, actions) = (new UseTrend(), new PressureRules(), new ActionRules());
        Tick(sense, trend, rules, actions);
        var (collections, before) = (GC.CollectionCount(0), GC.GetAllocatedBytesForCurrentThread());
        for (var i = 0; i < 1000; i++)
            Tick(sense, trend, rules, actions);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // The collector's figures cost some hundred bytes each time that it has run, for tests beside this one.
        Assert.InRange(allocated, 0, (GC.CollectionCount(0) - collections) * 2 * 1024);
    }

    private static void Tick(MemorySense sense, UseTrend trend, PressureRules rules, ActionRules actions)
    {
        var reading = sense.Read();
        actions.Judge(reading);
        rules.Observe(reading.At, trend.Add(reading, Readings.Budget));
    }

    private static MemorySense Sense(string root, Action<IServiceCollection>? add = null, TimeProvider? time = null)
    {
        var services = new ServiceCollection();
        add?.Invoke(services);
        return new MemorySense(services.BuildServiceProvider(), new MemoryOptions(), time ?? TimeProvider.System, root);
    }

    private sealed class OneTool : IToolMemory
    {
        public int Running => 1;

        public long ResidentBytes => 70 << 20;
    }
}
