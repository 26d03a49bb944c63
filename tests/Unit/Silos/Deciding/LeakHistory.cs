using Ingestion.Grains.Silos.Deciding;
using Ingestion.Silos;

namespace Ingestion.Tests.Unit.Silos.Deciding;

/// <summary>Floors of a made-up silo in virtual time, one each ten minutes, with noise of ±5 MB.</summary>
internal sealed class LeakHistory(int seed)
{
    public const double Megabyte = 1_000_000;

    private const double Base = 60 * Megabyte;
    private const double Noise = 5 * Megabyte;
    private static readonly TimeSpan _apart = TimeSpan.FromMinutes(10);

    public Random Chance { get; } = new(seed);

    public LeakRules Rules { get; } = new();

    /// <summary>When a verdict was first reached.</summary>
    public Dictionary<LeakVerdict, TimeSpan> Reached { get; } = [];

    /// <summary>Adds floors of so many hours; <paramref name="grown"/> and <paramref name="explained"/> give bytes at an hour.</summary>
    public LeakHistory Run(double hours, Func<double, double> grown, Func<double, double>? explained = null)
    {
        for (var at = TimeSpan.Zero; at.TotalHours <= hours; at += _apart)
        {
            var users = explained?.Invoke(at.TotalHours) ?? 0;
            var bytes = Base + grown(at.TotalHours) + users + (Noise * ((Chance.NextDouble() * 2) - 1));
            Rules.Add(at, new Floor(at, (long)Math.Max(0, bytes), (long)users));
            Reached.TryAdd(Rules.Verdict, at);
        }

        return this;
    }
}
