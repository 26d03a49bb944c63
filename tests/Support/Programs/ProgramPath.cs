namespace Ingestion.Tests.Support.Programs;

/// <summary>Programs on PATH.</summary>
public static class ProgramPath
{
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Why tests that need these can't run here; null when they can.</summary>
    public static string? Missing(params IEnumerable<string> names)
    {
        var missing = names.Where(name => Find(name) is null).ToArray();
        return missing.Length == 0 ? null : $"NOT TESTED: {string.Join(" and ", missing)} not on PATH.";
    }
}
