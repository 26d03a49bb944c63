using System.Text;
using System.Text.Json;
using Ingestion.Api.Console;
using Ingestion.Tests.Unit.Deploy;

namespace Ingestion.Tests.Unit.Console;

/// <summary>What the console shows of <c>bench/results</c>.</summary>
public sealed class MeasurementsTests
{
    private const string NoBounds = """{"figures":{}}""";

    [Fact]
    public void FiguresStandBesideTheirRuns_WithTheNewestTarget()
    {
        const string First = """
            {"at":"2026-11-28T18:52:57+00:00","commit":"702d1a2a","bench":"storm","machine":{"cpu":"Xeon","cores":2,"memory_mib":24105},"figures":
            {"peak MiB":{"median":571.0,"rounds":[560,580],"spread":20.0,"target":589.0,"better":"lower"},"old":{"median":1,"rounds":[1],"spread":0}}}
            """;
        const string Second = """
            {"at":"2026-11-29T18:52:57+00:00","commit":"fed84513","bench":"storm","machine":{"cpu":"Xeon","cores":4,"memory_mib":null},"figures":
            {"peak MiB":{"median":531.5,"rounds":[531.5],"spread":0.0,"target":550.0,"better":"lower"}}}
            """;
        const string Expected = """
            {"benches":[{"name":"storm","runs":[
            {"at":"2026-11-28T18:52:57.000Z","commit":"702d1a2a","machine":{"cpu":"Xeon","cores":2,"memory_mib":24105}},
            {"at":"2026-11-29T18:52:57.000Z","commit":"fed84513","machine":{"cpu":"Xeon","cores":4}}],
            "figures":[{"name":"peak MiB","target":550,"better":"lower","medians":[571,531.5],"spreads":[20,0]},
            {"name":"old","medians":[1,null],"spreads":[0,null]}]}]}
            """;
        Assert.Equal(Expected.ReplaceLineEndings(""), Write(NoBounds, First, Second));
    }

    [Theory]
    [InlineData("lower", 2_586.35)]
    [InlineData("higher", 1_392.65)]
    public void GuardHasItsBounds_WhichItsResultsDoNotName(string better, double target)
    {
        const string Result = """
            {"at":"2026-11-26T19:07:15+00:00","commit":"3cf9368","label":"","figures":{"start_to_ready_ms":{"median":1989.5,"rounds":[2007.0,1972.0]}}}
            """;
        const string Bounds = """{"about":"","figures":{"start_to_ready_ms":{"value":1989.5,"better":"BETTER","tolerance":0.3}}}""";
        var file = Write(Bounds.Replace("BETTER", better, StringComparison.Ordinal), Result);
        using var json = JsonDocument.Parse(file);
        var bench = Assert.Single(json.RootElement.GetProperty("benches").EnumerateArray());
        Assert.Equal("guard", bench.GetProperty("name").GetString());
        var figure = Assert.Single(bench.GetProperty("figures").EnumerateArray());
        Assert.Equal((target, better, 35), (figure.GetProperty("target").GetDouble(), figure.GetProperty("better").GetString(),
            figure.GetProperty("spreads")[0].GetDouble()));
    }

    [Fact]
    public void NewestRunsStay_WhereThereAreMany()
    {
        using var json = JsonDocument.Parse(Write(NoBounds, Runs("a", Measurements.MostRuns + 1, figures: 1)));
        Assert.Equal(Measurements.MostRuns, Commits(json).Length);
        Assert.Equal($"{Measurements.MostRuns}", Commits(json)[^1]);
        Assert.Equal("1", Commits(json)[0]);
    }

    [Fact]
    public void FileStaysSmall_HoweverMuchIsMeasured()
    {
        var file = Write(NoBounds, [.. "abcdefghij".SelectMany(bench => Runs($"{bench}", Measurements.MostRuns, figures: 40))]);
        Assert.InRange(file.Length, Measurements.MostBytes / 4, Measurements.MostBytes);
        using var json = JsonDocument.Parse(file);
        Assert.Equal($"{Measurements.MostRuns - 1}", Commits(json)[^1]);
    }

    /// <summary>A file that can not be read would leave the silo without a console.</summary>
    [Fact]
    public void EveryResultOfThisBuildIsRead()
    {
        var folder = DeployFiles.PathOf("bench/results");
        var results = Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllText).ToArray();
        var file = Write(DeployFiles.Read("bench/guard.json"), results);
        using var json = JsonDocument.Parse(file);
        Assert.NotEmpty(json.RootElement.GetProperty("benches").EnumerateArray());
        Assert.InRange(file.Length, 1, Measurements.MostBytes);
    }

    private static string[] Runs(string bench, int count, int figures) => [.. Enumerable.Range(0, count).Select(run => JsonSerializer.Serialize(new
    {
        at = "2026-11-26T19:07:15+00:00",
        commit = $"{run}",
        bench,
        figures = Enumerable.Range(0, figures).ToDictionary(
            figure => $"figure {figure} of {bench}",
            figure => new { median = figure + .125, rounds = new[] { 1 }, spread = 0, target = figure, better = "lower" }),
    }))];

    private static string[] Commits(JsonDocument file) =>
        [.. file.RootElement.GetProperty("benches")[0].GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("commit").GetString()!)];

    private static string Write(string bounds, params string[] results) =>
        Encoding.UTF8.GetString(Measurements.Write(results.Select(Encoding.UTF8.GetBytes), Encoding.UTF8.GetBytes(bounds)));
}
