using System.Collections.Concurrent;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Gossip;

/// <summary>The newest figures of each other silo. What is too old says nothing any more.</summary>
internal sealed class ReportedSilos(TimeProvider time)
{
    /// <summary>Five reports are missing by then.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<SiloAddress, Report> _reports = new();

    /// <summary>Silos with figures that are not too old, by level.</summary>
    public int Count(MemoryLevel level) => _reports.Keys.Count(silo => Find(silo)?.Level == level);

    /// <summary>A silo has reported. Reports can overtake each other: an older one changes nothing.</summary>
    public void Add(SiloFigures figures)
    {
        var report = new Report(figures, Uptime.Now(time));
        _reports.AddOrUpdate(figures.Silo, static (_, report) => report,
            static (_, before, report) => report.Figures.At > before.Figures.At ? report : before, report);
    }

    /// <summary>The newest figures of another silo; null when they are too old, or it has not reported.</summary>
    public SiloFigures? Find(SiloAddress silo) =>
        _reports.TryGetValue(silo, out var report) && Uptime.Now(time) - report.ReceivedAt <= Stale ? report.Figures : null;

    /// <summary>Forgets the silos that are none of the cluster's any more.</summary>
    public void Keep(Func<SiloAddress, bool> isMember)
    {
        foreach (var (silo, _) in _reports)
        {
            if (!isMember(silo))
                _reports.TryRemove(silo, out _);
        }
    }

    private sealed record Report(SiloFigures Figures, TimeSpan ReceivedAt);
}
