namespace Ingestion.Tests.Shared;

/// <summary>The programs that a test class can't do without. Its tests are skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsProgramsAttribute(params string[] names) : Attribute
{
    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>Why the tests can't run here; null when they can.</summary>
    public static string? Missing(IEnumerable<string> names)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var missing = names.Where(name => !folders.Any(folder => File.Exists(Path.Combine(folder, name)))).ToArray();
        return missing.Length == 0 ? null : $"NOT TESTED: {string.Join(" and ", missing)} not on PATH.";
    }
}
