using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Evidence;

/// <summary>
/// When evidence of a leak is collected by itself: as soon as the floor grows, half an hour later, so that the two can be compared, and then each six hours
/// or when it gets worse. Pure.
/// </summary>
internal sealed class EvidenceRules
{
    private static readonly TimeSpan _soon = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan _late = TimeSpan.FromHours(6);

    private int _count;
    private TimeSpan _last;
    private LeakVerdict _worst;

    /// <summary>Whether evidence is to be collected now.</summary>
    /// <param name="now">Time since some fixed moment.</param>
    /// <param name="verdict">The worse of the two kinds of memory.</param>
    public bool IsDue(TimeSpan now, LeakVerdict verdict)
    {
        if (verdict < LeakVerdict.Watch)
            return false;
        var after = _count < 2 || verdict > _worst ? _soon : _late;
        return _count == 0 || now - _last >= after;
    }

    /// <summary>It was tried, whatever came of it.</summary>
    public void Tried(TimeSpan now, LeakVerdict verdict) => (_count, _last, _worst) = (_count + 1, now, verdict > _worst ? verdict : _worst);
}
