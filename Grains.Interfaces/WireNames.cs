namespace Ingestion;

/// <summary>Names that cross processes: storage providers, stream providers and namespaces. Renaming one orphans stored data.</summary>
public static class WireNames
{
    /// <summary>The grain storage provider of all our grains.</summary>
    public const string Storage = "ingestion";

    /// <summary>The stream provider that carries progress.</summary>
    public const string ProgressStreams = "progress";

    /// <summary>The stream namespace of a user's progress; the key is the user id.</summary>
    public const string ProgressNamespace = "user-progress";
}
