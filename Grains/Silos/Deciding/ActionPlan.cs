using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>What to do next.</summary>
/// <param name="Action">The action.</param>
/// <param name="PredictedBytes">What it should free.</param>
internal readonly record struct ActionPlan(MemoryAction Action, long PredictedBytes);

/// <summary>What an action is chosen by.</summary>
/// <param name="Level">The level now.</param>
/// <param name="Cause">What takes most.</param>
/// <param name="NeededBytes">What would have to go for the level to be left, or for the silo to have recovered.</param>
/// <param name="Recovers">Pressure is over, and what it left is to be given back whatever the level is.</param>
internal readonly record struct ActionNeed(MemoryLevel Level, MemoryCause Cause, long NeededBytes, bool Recovers = false);

/// <summary>An action under way or judged.</summary>
/// <param name="Number">Of the action, in the order in which they were taken.</param>
/// <param name="FreedBytes">By how much RSS fell.</param>
internal readonly record struct ActionYield(long Number, long FreedBytes);
