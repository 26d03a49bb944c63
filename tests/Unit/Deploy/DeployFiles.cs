using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>What is shipped for operators: <c>deploy/</c>, and the pages that go with it.</summary>
internal static class DeployFiles
{
    // What an operator has made beside the files of the repository.
    private const string Made = "/secrets/";

    // What an operator has made, and what NuGet writes.
    private static readonly string[] _others = [".env", "packages.lock.json"];

    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    private static readonly string[] _pages =
    [
        "docs/operate/run-a-cluster.md", "docs/operate/scale.md", "docs/operate/upgrade.md", "docs/operate/rollback.md", "docs/operate/disaster-recovery.md",
        "docs/operate/tls.md", "docs/operate/founding.md",
        .. Directory.GetFiles(PathOf("docs/operate/runbooks")).Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Names of all files below <c>deploy/</c> but the SQL, from the root.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(PathOf("deploy"), "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(file => Path.GetRelativePath(Root, file)).Where(name => !name.EndsWith(".sql", StringComparison.Ordinal))
            .Where(name => !name.Contains(Made, StringComparison.Ordinal) && !_others.Contains(Path.GetFileName(name))).Order(StringComparer.Ordinal),
    ];

    /// <summary>Those and the pages of operators.</summary>
    public static IEnumerable<string> NamesWithPages => Names.Concat(_pages);

    public static string PathOf(string name) => Path.Combine(Root, name);

    public static string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>A file of YAML, with its anchors and merges resolved.</summary>
    public static JsonNode ReadYaml(string name) => Parse(Read(name));

    /// <summary>The same of a text.</summary>
    public static JsonNode Parse(string yaml)
    {
        using var reader = new StringReader(yaml);
        var read = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build()
            .Deserialize(new MergingParser(new Parser(reader)));
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().DisableAliases().Build().Serialize(read))!;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ingestion.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new FileNotFoundException("The tests don't run inside the repository.");
        return folder;
    }
}
