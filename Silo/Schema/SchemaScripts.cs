using System.Globalization;

namespace Ingestion.Silo.Schema;

/// <summary>A script of <c>deploy/sql/postgresql</c>: it brings a database that has all scripts before it one version further.</summary>
/// <param name="Version">The number that its name begins with.</param>
/// <param name="Name">The name of its file.</param>
/// <param name="Text">SQL that runs in one transaction, and records the version in <c>IngestionScript</c>.</param>
internal sealed record SchemaScript(int Version, string Name, string Text);

/// <summary>The scripts of this build. They are in the executable, so that a published folder is all that <c>migrate</c> needs.</summary>
internal static class SchemaScripts
{
    private const string Folder = "sql/";

    private const int Digits = 4;

    /// <summary>In the order in which they are applied.</summary>
    public static IReadOnlyList<SchemaScript> All { get; } = [.. Names().Select(Read)];

    /// <summary>The schema that this build needs: the version of its newest script.</summary>
    public static int Version => All[^1].Version;

    private static IEnumerable<string> Names() => typeof(SchemaScripts).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static SchemaScript Read(string resource)
    {
        using var text = new StreamReader(typeof(SchemaScripts).Assembly.GetManifestResourceStream(resource)!);
        var name = resource[Folder.Length..];
        return new SchemaScript(int.Parse(name[..Digits], NumberStyles.None, CultureInfo.InvariantCulture), name, text.ReadToEnd());
    }
}
