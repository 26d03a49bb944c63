namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>The executable's own <c>check</c> command, for stored data of whatever age.</summary>
internal static class CheckCommand
{
    public const int Right = 0;
    public const int Wrong = 1;
    public const int LeftOver = 3;

    private const string Age = "--older-than";

    /// <summary>Fails unless it ends with this code and finds exactly this: each as <c>kind code id</c>, with as much of it as is given.</summary>
    public static async Task FindsAsync(ChecksOn data, int exitCode, params string[] findings)
    {
        var run = await RunAsync(data, "--json");
        Assert.True(run.ExitCode == exitCode, $"exit code {run.ExitCode}\n{run.Output}\n{run.Error}");
        var found = JsonSerializer.Deserialize<JsonElement>(run.Output).GetProperty("findings").EnumerateArray().Select(Text).Order(StringComparer.Ordinal).ToArray();
        Assert.True(
            found.Length == findings.Length && found.Zip(findings.Order(StringComparer.Ordinal)).All(pair => pair.First.StartsWith(pair.Second, StringComparison.Ordinal)),
            $"expected {string.Join(", ", findings)}\nfound {string.Join(", ", found)}\n{run.Output}");
    }

    public static Task<Finished> RunAsync(ChecksOn data, params string[] arguments)
    {
        string[] age = arguments.Contains(Age) ? [] : [Age, "0"];
        var start = Executable.Silo(["check", "--data", data.Folder, .. age, .. data.Arguments, .. arguments]);
        foreach (var (name, value) in data.Settings)
            start.Environment[name.StartsWith("AWS_", StringComparison.Ordinal) ? name : $"Ingestion__{name}"] = value;
        return Executable.RunAsync(start);
    }

    private static string Text(JsonElement finding) =>
        $"{finding.GetProperty("kind").GetString()} {finding.GetProperty("code").GetString()} {finding.GetProperty("id").GetString()}";
}

/// <summary>Whose data is checked: a silo's folder and settings.</summary>
internal sealed record ChecksOn(string Folder, params (string Name, string Value)[] Settings)
{
    public string[] Arguments { get; init; } = [];

    public ChecksOn With(params string[] arguments) => this with { Arguments = arguments };
}
