namespace Ingestion.Silos;

/// <summary>What the governor of a silo does about memory.</summary>
public enum MemoryAction : byte
{
    /// <summary>Lowers the budget of upload buffers.</summary>
    ShrinkBuffers,

    /// <summary>Starts a collection that runs beside the work.</summary>
    CollectInBackground,

    /// <summary>Returns free native memory to the system.</summary>
    TrimNative,

    /// <summary>A compacting collection that stops the silo for some tens of milliseconds and returns what is free to the system.</summary>
    Collect,

    /// <summary>Deactivates idle grains; a collection follows, without which nothing is returned.</summary>
    ShedIdleGrains,
}

/// <summary>An action and what came of it.</summary>
/// <param name="At">When it was taken.</param>
/// <param name="Level">The level then.</param>
/// <param name="Cause">The cause then.</param>
/// <param name="Action">What was done.</param>
/// <param name="PredictedBytes">What it was expected to free.</param>
/// <param name="FreedBytes">By how much RSS had really fallen a second later; null until then. Negative: it rose.</param>
[GenerateSerializer, Immutable, Alias("ingestion.memory-action-taken")]
public sealed record MemoryActionTaken(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] MemoryLevel Level,
    [property: Id(2)] MemoryCause Cause,
    [property: Id(3)] MemoryAction Action,
    [property: Id(4)] long PredictedBytes,
    [property: Id(5)] long? FreedBytes);
