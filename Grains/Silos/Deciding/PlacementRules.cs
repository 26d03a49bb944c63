using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>Which silos get new activations (pure).</summary>
internal static class PlacementRules
{
    /// <summary>
    /// The highest level at which a silo stays a candidate, given the lowest level of all candidates. Silos below <see cref="MemoryLevel.High"/> are alike.
    /// Where there is none, all silos of the lowest level stay: never none of them, and never a single one that others equal.
    /// </summary>
    public static MemoryLevel Highest(MemoryLevel lowest) => lowest < MemoryLevel.High ? MemoryLevel.Elevated : lowest;
}
