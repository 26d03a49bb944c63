namespace Ingestion.Silos.Evidence;

/// <summary>What became of a wish to see what the managed heap of a silo holds.</summary>
/// <param name="Outcome">Whether it was surveyed.</param>
/// <param name="Evidence">What it holds; null unless <see cref="HeapOutcome.Taken"/>.</param>
[GenerateSerializer, Immutable, Alias("ingestion.heap-answer")]
public sealed record HeapAnswer([property: Id(0)] HeapOutcome Outcome, [property: Id(1)] HeapEvidence? Evidence = null);

/// <summary>Whether a heap was surveyed.</summary>
public enum HeapOutcome : byte
{
    /// <summary>It was.</summary>
    Taken,

    /// <summary>Another survey is under way, or has ended less than a minute ago.</summary>
    Busy,

    /// <summary>The silo is too short of memory: a survey stops it for a collection and takes buffers.</summary>
    MemoryShort,

    /// <summary>The runtime of the silo gives no evidence: its diagnostics are disabled.</summary>
    Unavailable,
}

/// <summary>A survey, and what has changed since the one before.</summary>
/// <param name="Survey">The newest.</param>
/// <param name="Since">When the survey before was made; null for the first of this silo.</param>
/// <param name="Growth">By how much types have grown since then, those by most bytes first; of types that were too small then, all of it.</param>
[GenerateSerializer, Immutable, Alias("ingestion.heap-evidence")]
public sealed record HeapEvidence(
    [property: Id(0)] HeapSurvey Survey, [property: Id(1)] DateTimeOffset? Since, [property: Id(2)] IReadOnlyList<HeapType> Growth);

/// <summary>What was alive in a managed heap, by type.</summary>
/// <param name="At">When.</param>
/// <param name="TookMilliseconds">How long that took; the silo stood still for a part of it.</param>
/// <param name="IsPartial">Whether objects are missing: there were more than the buffers held.</param>
/// <param name="Objects">All that were seen.</param>
/// <param name="Bytes">What those take.</param>
/// <param name="Types">How many types they have.</param>
/// <param name="Largest">The types that take most, most first.</param>
[GenerateSerializer, Immutable, Alias("ingestion.heap-survey")]
public sealed record HeapSurvey(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] int TookMilliseconds,
    [property: Id(2)] bool IsPartial,
    [property: Id(3)] long Objects,
    [property: Id(4)] long Bytes,
    [property: Id(5)] int Types,
    [property: Id(6)] IReadOnlyList<HeapType> Largest);

/// <summary>The objects of one type.</summary>
/// <param name="Name">Of the type, as the runtime names it.</param>
/// <param name="Objects">How many; of a growth, how many more.</param>
/// <param name="Bytes">What they take without what they refer to; of a growth, by how much more.</param>
[GenerateSerializer, Immutable, Alias("ingestion.heap-type")]
public readonly record struct HeapType([property: Id(0)] string Name, [property: Id(1)] long Objects, [property: Id(2)] long Bytes);
