using Ingestion.Silos.Evidence;

namespace Ingestion.Api.Admin;

/// <summary>A survey of a heap, and what has changed since the one before.</summary>
/// <param name="Survey">The survey.</param>
/// <param name="Since">When the one before was made; null for the first since the silo's start.</param>
/// <param name="Growth">By how much types have grown since then, at most 60, those by most bytes first.</param>
internal sealed record HeapJson(HeapSurveyJson Survey, DateTimeOffset? Since, IReadOnlyList<HeapTypeJson> Growth)
{
    public static HeapJson Of(HeapEvidence evidence) => new(HeapSurveyJson.Of(evidence.Survey), evidence.Since, [.. evidence.Growth.Select(HeapTypeJson.Of)]);
}

/// <summary>What was alive, by type.</summary>
/// <param name="At">When.</param>
/// <param name="TookMilliseconds">How long that took; the silo stood still for a part of it.</param>
/// <param name="IsPartial">Whether objects are missing: there were more than the buffers held.</param>
/// <param name="Objects">All that were seen.</param>
/// <param name="Bytes">What those take.</param>
/// <param name="Types">How many types they have.</param>
/// <param name="Largest">At most 60 types, those that take most first.</param>
internal sealed record HeapSurveyJson(
    DateTimeOffset At, int TookMilliseconds, bool IsPartial, long Objects, long Bytes, int Types, IReadOnlyList<HeapTypeJson> Largest)
{
    public static HeapSurveyJson Of(HeapSurvey survey) => new(
        survey.At, survey.TookMilliseconds, survey.IsPartial, survey.Objects, survey.Bytes, survey.Types, [.. survey.Largest.Select(HeapTypeJson.Of)]);
}

/// <summary>The objects of one type.</summary>
/// <param name="Name">Of the type, as the runtime names it.</param>
/// <param name="Objects">How many; of a growth, how many more.</param>
/// <param name="Bytes">What they take without what they refer to; of a growth, by how much more.</param>
internal sealed record HeapTypeJson(string Name, long Objects, long Bytes)
{
    public static HeapTypeJson Of(HeapType type) => new(type.Name, type.Objects, type.Bytes);
}
