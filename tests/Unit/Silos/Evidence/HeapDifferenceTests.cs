using Ingestion.Grains.Silos.Evidence;
using Ingestion.Silos.Evidence;

namespace Ingestion.Tests.Unit.Silos.Evidence;

/// <summary>What is largest, and what has grown.</summary>
public sealed class HeapDifferenceTests
{
    private static readonly DateTimeOffset _at = DateTimeOffset.UnixEpoch;

    private readonly HeapDifference _difference = new();

    [Fact]
    public void SurveyHasAllInTotal_AndTheLargestByName()
    {
        var evidence = Add(0, [.. Enumerable.Range(1, 700).Select(i => new HeapType($"T{i}", 1, i))]);
        Assert.Equal((700, 700, 700 * 701 / 2), (evidence.Survey.Types, evidence.Survey.Objects, evidence.Survey.Bytes));
        Assert.Equal(HeapDifference.Shown, evidence.Survey.Largest.Count);
        Assert.Equal(new HeapType("T700", 1, 700), evidence.Survey.Largest[0]);
        Assert.Null(evidence.Since);
        Assert.Empty(evidence.Growth);
    }

    [Fact]
    public void GrowthIsWhatCameSinceTheOneBefore_MostFirst()
    {
        Add(0, new HeapType("same", 1, 100), new HeapType("less", 2, 200), new HeapType("more", 3, 300), new HeapType("gone", 1, 50));
        var evidence = Add(1, new HeapType("same", 1, 100), new HeapType("less", 1, 100), new HeapType("more", 30, 3000), new HeapType("new", 5, 500));
        Assert.Equal(_at, evidence.Since);
        Assert.Equal([new HeapType("more", 27, 2700), new HeapType("new", 5, 500)], evidence.Growth);
        Assert.Equal(_at.AddHours(1), Add(2, new HeapType("new", 6, 600)).Since);
    }

    [Fact]
    public void NamesAreBounded() => Assert.Equal(301, Add(0, new HeapType(new string('x', 100_000), 1, 1)).Survey.Largest[0].Name.Length);

    private HeapEvidence Add(int hour, params HeapType[] types) =>
        _difference.Add(_at.AddHours(hour), TimeSpan.FromMilliseconds(400), new HeapCount(types, IsPartial: false));
}
