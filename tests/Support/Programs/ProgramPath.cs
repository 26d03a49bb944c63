namespace Ingestion.Tests.Support.Programs;

/// <summary>Programs on PATH, and those of Debian's PostgreSQL, which are not.</summary>
public static class ProgramPath
{
    private const string PostgresVersions = "/usr/lib/postgresql";

    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(PostgresFolders()).Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Why tests that need these can't run here; null when they can.</summary>
    public static string? Missing(params IEnumerable<string> names)
    {
        var missing = names.Where(name => Find(name) is null).ToArray();
        return missing.Length == 0 ? null : $"NOT TESTED: {string.Join(" and ", missing)} not on PATH.";
    }

    private static IEnumerable<string> PostgresFolders() =>
        Directory.Exists(PostgresVersions) ? Directory.GetDirectories(PostgresVersions).OrderDescending(StringComparer.Ordinal)
            .Select(version => Path.Combine(version, "bin")) : [];
}
