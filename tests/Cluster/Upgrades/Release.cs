using System.Reflection;

namespace Ingestion.Tests.Cluster.Upgrades;

/// <summary>A build of a former commit, as <c>tests/release</c> makes it from the history.</summary>
internal sealed class Release
{
    /// <summary>0.3.0, whose silos find grains by another directory: it is upgraded with a stop.</summary>
    public static readonly Release Former = new("FormerRelease");

    /// <summary>The newest that can be upgraded silo by silo.</summary>
    public static readonly Release Before = new("ReleaseBefore");

    private readonly string _folder;

    private Release(string name) =>
        _folder = typeof(Release).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == name).Value!;

    /// <summary>Its executable.</summary>
    public string Silo => Path.Combine(_folder, "artifacts/bin/Silo/release/Ingestion.Silo.dll");

    /// <summary>Why it can't be started; null when it can.</summary>
    public string? Missing => File.Exists(Silo) ? null : $"NOT TESTED: {Silo} is missing; tests/release builds it from the history of the repository.";

    /// <summary>What makes the tables of its database.</summary>
    public async Task<string> ReadSchemaAsync()
    {
        var files = Directory.GetFiles(Path.Combine(_folder, "deploy/sql/postgresql"), "*.sql").Order(StringComparer.Ordinal);
        return string.Concat(await Task.WhenAll(files.Select(file => File.ReadAllTextAsync(file))));
    }
}
