using Ingestion.Grains.Silos.Sensing;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>How much is used, of the silo's budget and of the system's limit, and when either will be used up: pure.</summary>
internal sealed class UseTrend
{
    private readonly Slope _own = new();
    private readonly Slope _tree = new();

    /// <summary>By how much RSS rises.</summary>
    public double BytesPerSecond => _own.BytesPerSecond;

    /// <summary>The one of the two that is closest to its limit.</summary>
    public MemoryUse Closest { get; private set; }

    /// <summary>That is the system's limit, by the tools or by what the kernel charges.</summary>
    public bool IsTree { get; private set; }

    /// <summary>Takes a reading, later than the one before.</summary>
    public PressureSample Add(in MemoryReading reading, long budget)
    {
        var (own, tree) = (BudgetRules.Own(reading, budget), BudgetRules.Tree(reading));
        _own.Add(reading.At, own.UsedBytes);
        _tree.Add(reading.At, tree.UsedBytes);
        IsTree = tree.Share > own.Share;
        Closest = IsTree ? tree : own;
        var (first, second) = (_own.Until(own.RoomBytes - own.UsedBytes), _tree.Until(tree.RoomBytes - tree.UsedBytes));
        return new PressureSample(reading.At, Closest.Share, second is null || first < second ? first : second, reading.Stall);
    }
}
