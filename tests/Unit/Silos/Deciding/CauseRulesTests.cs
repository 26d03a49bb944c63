using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;

namespace Ingestion.Tests.Unit.Silos.Deciding;

public class CauseRulesTests
{
    [Fact]
    public void Cause_IsTheLargestPart()
    {
        Assert.Equal(MemoryCause.Garbage, Of(Read(held: 200, live: 80, anonymous: 250)));
        Assert.Equal(MemoryCause.Native, Of(Read(held: 40, live: 30, anonymous: 300)));
        Assert.Equal(MemoryCause.Buffers, Of(Read(held: 40, live: 30, anonymous: 200, buffers: 120)));
        Assert.Equal(MemoryCause.LiveGrains, Of(Read(held: 300, live: 280, anonymous: 330, idle: 60)));
        Assert.Equal(MemoryCause.SocketQueues, Of(Read(held: 200, live: 180, anonymous: 230, queued: 100)));
    }

    [Fact]
    public void Tools_AreTheCause_OnlyWhenTheSystemsLimitIsClosest()
    {
        var reading = Read(held: 100, live: 80, anonymous: 130, tools: 900);
        Assert.Equal(MemoryCause.Children, Of(reading, isTree: true));
        Assert.Equal(MemoryCause.LiveGrains, Of(reading));
    }

    [Fact]
    public void Kernel_IsTheCause_OnlyWhenTheSystemsLimitIsClosest()
    {
        var cgroup = new CgroupReading(2, IsOwn: true, 1500 * Readings.Mebibyte, 200 * Readings.Mebibyte, 0, 2000 * Readings.Mebibyte, 0, 0);
        var reading = Read(held: 100, live: 80, anonymous: 130) with { Cgroup = cgroup };
        Assert.Equal(MemoryCause.Kernel, Of(reading, isTree: true));
        Assert.Equal(MemoryCause.LiveGrains, Of(reading));
        Assert.Equal(MemoryCause.LiveGrains, Of(reading with { Cgroup = cgroup with { IsOwn = false } }, isTree: true));
    }

    [Fact]
    public void Leak_IsTheCause_WhenTheFloorRisesAndNoGrainExplainsIt()
    {
        Assert.Equal(MemoryCause.Leak, Of(Read(held: 300, live: 280, anonymous: 330), floorRises: true));
        Assert.Equal(MemoryCause.LiveGrains, Of(Read(held: 300, live: 280, anonymous: 330, idle: 100), floorRises: true));
    }

    private static MemoryCause Of(MemoryReading reading, bool isTree = false, bool floorRises = false) => CauseRules.Of(reading, isTree, floorRises);

    private static MemoryReading Read(long held, long live, long anonymous, long buffers = 0, long queued = 0, long tools = 0, long idle = 0) =>
        Readings.Of(TimeSpan.Zero, 500, held, live, anonymous, buffers, queued, tools, idle);
}
