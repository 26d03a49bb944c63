using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// Actions that did not do what they promised: pure. One that twice in a row freed less than a fifth of its prediction is left out for that cause for five
/// minutes. Without it a governor repeats, every few seconds, what costs time and frees nothing.
/// </summary>
internal sealed class SetAside
{
    /// <summary>A yield below this share of the prediction is a miss.</summary>
    public const double Poor = 0.2;

    /// <summary>For how long an action is left out.</summary>
    public static readonly TimeSpan For = TimeSpan.FromMinutes(5);

    private const int MostMisses = 2;

    private readonly Dictionary<(MemoryCause Cause, MemoryAction Action), (int Misses, TimeSpan Until)> _known = [];

    /// <summary>Whether the action is left out for this cause now.</summary>
    public bool Has(TimeSpan now, MemoryCause cause, MemoryAction action) => _known.TryGetValue((cause, action), out var entry) && now < entry.Until;

    /// <summary>An action was judged.</summary>
    public void Note(TimeSpan now, MemoryCause cause, MemoryAction action, long predictedBytes, long freedBytes)
    {
        var misses = freedBytes < Poor * predictedBytes ? _known.GetValueOrDefault((cause, action)).Misses + 1 : 0;
        _known[(cause, action)] = misses < MostMisses ? (misses, TimeSpan.MinValue) : (0, now + For);
    }
}
