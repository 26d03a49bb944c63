using Ingestion.Silos.Evidence;

namespace Ingestion.Grains.Silos.Evidence;

/// <summary>Makes evidence of counts: what is largest, and what has grown since the count before. Pure, but for what it remembers of that one.</summary>
internal sealed class HeapDifference
{
    /// <summary>Types that are shown.</summary>
    public const int Shown = 60;

    // Of a few thousand types the small ones are not worth their memory.
    private const int Remembered = 500;
    private const int LongestName = 300;

    private readonly Dictionary<string, HeapType> _before = new(StringComparer.Ordinal);
    private DateTimeOffset? _since;

    public HeapEvidence Add(DateTimeOffset at, TimeSpan took, HeapCount count)
    {
        HeapType[] largest = [.. count.Types.OrderByDescending(type => type.Bytes).Take(Remembered)];
        HeapType[] growth = _since is null ? [] : [.. largest.Select(SinceBefore).Where(type => type.Bytes > 0).OrderByDescending(type => type.Bytes).Take(Shown)];
        var survey = new HeapSurvey(at, (int)took.TotalMilliseconds, count.IsPartial, count.Types.Sum(type => type.Objects), count.Types.Sum(type => type.Bytes), count.Types.Count,
            [.. largest.Take(Shown).Select(Short)]);
        var evidence = new HeapEvidence(survey, _since, [.. growth.Select(Short)]);
        _before.Clear();
        foreach (var type in largest)
            _before[type.Name] = type;
        _since = at;
        return evidence;
    }

    private HeapType SinceBefore(HeapType type)
    {
        var before = _before.GetValueOrDefault(type.Name);
        return type with { Objects = type.Objects - before.Objects, Bytes = type.Bytes - before.Bytes };
    }

    private static HeapType Short(HeapType type) => type.Name.Length <= LongestName ? type : type with { Name = $"{type.Name[..LongestName]}…" };
}
