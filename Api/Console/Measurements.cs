using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingestion.Api.Console;

/// <summary>What was measured of this build and of those before it (<c>bench/results</c>), as one small file of the console. Nothing in it is secret.</summary>
internal static class Measurements
{
    public const string File = "measurements.json";

    /// <summary>What the names of resources with a result each begin with.</summary>
    public const string Prefix = "measurements/";

    /// <summary>The resource with the bounds of the guard, whose results have none.</summary>
    public const string Bounds = "measurement-bounds.json";

    /// <summary>However much is measured: a page is to be there at once.</summary>
    public const int MostBytes = 60_000;

    /// <summary>Runs of each benchmark, the newest.</summary>
    public const int MostRuns = 16;

    // As bench/plot.py calls it. Its results name no benchmark.
    private const string Guard = "guard";

    /// <summary>The file.</summary>
    /// <param name="results">As <c>bench/record.py</c> and <c>bench/guard.py</c> write them, oldest first.</param>
    /// <param name="bounds">As in <c>bench/guard.json</c>.</param>
    public static byte[] Write(IEnumerable<byte[]> results, byte[] bounds)
    {
        var read = results.Select(result => JsonSerializer.Deserialize(result, MeasurementsJsonContext.Default.ResultJson)!).ToArray();
        var guard = JsonSerializer.Deserialize(bounds, MeasurementsJsonContext.Default.BoundsJson)!;
        for (var runs = MostRuns; ; runs /= 2)
        {
            var benches = read.GroupBy(result => result.Bench ?? Guard).OrderBy(bench => bench.Key, StringComparer.Ordinal);
            var file = new MeasurementsJson([.. benches.Select(bench => Of(bench.Key, [.. bench.TakeLast(runs)], guard))]);
            var content = JsonSerializer.SerializeToUtf8Bytes(file, MeasurementsJsonContext.Default.MeasurementsJson);
            if (content.Length <= MostBytes || runs == 1)
                return content;
        }
    }

    private static BenchJson Of(string name, ResultJson[] results, BoundsJson guard)
    {
        var figures = results.SelectMany(result => result.Figures.Keys).Distinct();
        return new BenchJson(
            name,
            [.. results.Select(result => new RunJson(result.At, result.Commit, result.Machine))],
            [.. figures.Select(figure => Of(figure, results, name == Guard ? guard.Figures.GetValueOrDefault(figure) : null))]);
    }

    private static FigureJson Of(string name, ResultJson[] results, BoundJson? bound)
    {
        var all = Array.ConvertAll(results, result => result.Figures.GetValueOrDefault(name));
        // The newest target is the one that counts.
        var aimed = all.LastOrDefault(figure => figure?.Target is not null);
        return new FigureJson(
            name, aimed?.Target ?? bound?.Limit, aimed?.Better ?? bound?.Better, Array.ConvertAll(all, figure => figure?.Median),
            Array.ConvertAll(all, figure => figure?.Spread ?? SpreadOf(figure?.Rounds)));
    }

    private static double? SpreadOf(double[]? rounds) => rounds is null ? null : Math.Round(rounds.Max() - rounds.Min(), 3);
}

/// <summary>What was measured.</summary>
/// <param name="Benches">By name.</param>
internal sealed record MeasurementsJson(BenchJson[] Benches);

/// <summary>A benchmark.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Runs">Oldest first.</param>
/// <param name="Figures">What it measures.</param>
internal sealed record BenchJson(string Name, RunJson[] Runs, FigureJson[] Figures);

/// <summary>A run of a benchmark.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Commit">Of the build.</param>
/// <param name="Machine">Where it ran; null: not known.</param>
internal sealed record RunJson(DateTimeOffset At, string Commit, MachineJson? Machine);

/// <summary>A machine.</summary>
/// <param name="Cpu">Model of the processor.</param>
/// <param name="Cores">Of it.</param>
/// <param name="MemoryMib">MiB.</param>
internal sealed record MachineJson(string Cpu, int Cores, int? MemoryMib);

/// <summary>A figure over the runs of its benchmark, one entry each; null: that run has not measured it.</summary>
/// <param name="Name">With its unit.</param>
/// <param name="Target">Null: it has none.</param>
/// <param name="Better"><c>lower</c>: at most the target; <c>higher</c>: at least.</param>
/// <param name="Medians">Of the rounds of a run.</param>
/// <param name="Spreads">The largest of the rounds less the smallest.</param>
internal sealed record FigureJson(string Name, double? Target, string? Better, double?[] Medians, double?[] Spreads);

/// <summary>A file of <c>bench/results</c>.</summary>
internal sealed record ResultJson(DateTimeOffset At, string Commit, string? Bench, MachineJson? Machine, Dictionary<string, ResultFigureJson> Figures);

/// <summary>A figure of it.</summary>
internal sealed record ResultFigureJson(double Median, double[] Rounds, double? Spread, double? Target, string? Better);

/// <summary><c>bench/guard.json</c>.</summary>
internal sealed record BoundsJson(Dictionary<string, BoundJson> Figures);

/// <summary>A bound: how much worse than the value a run may be, 0.2 by a fifth.</summary>
internal sealed record BoundJson(double Value, string Better, double Tolerance)
{
    public double Limit => Math.Round(Value * (Better == "lower" ? 1 + Tolerance : 1 - Tolerance), 3);
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(MeasurementsJson))]
[JsonSerializable(typeof(ResultJson))]
[JsonSerializable(typeof(BoundsJson))]
internal sealed partial class MeasurementsJsonContext : JsonSerializerContext;
