using System.Globalization;

namespace Ingestion.Bench.StatusLoad;

/// <summary>Prints what was measured, in milliseconds.</summary>
internal static class Percentiles
{
    public static string Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return sorted.Length == 0
            ? "none"
            : string.Create(CultureInfo.InvariantCulture,
                $"p50 {At(0.5):0.0}, p95 {At(0.95):0.0}, p99 {At(0.99):0.0}, max {sorted[^1]:0.0} ms (n {sorted.Length})");

        double At(double part) => sorted[Math.Min((int)(part * sorted.Length), sorted.Length - 1)];
    }
}
