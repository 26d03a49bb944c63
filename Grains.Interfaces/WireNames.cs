namespace Ingestion;

/// <summary>Names that cross processes: storage providers, stream providers and namespaces. Renaming one orphans stored data.</summary>
public static class WireNames
{
    /// <summary>The grain storage provider of all our grains.</summary>
    public const string Storage = "ingestion";

    /// <summary>The log category of the audit lines; operators filter by it.</summary>
    public const string AuditCategory = "Ingestion.Audit";

    /// <summary>The stream provider that carries progress.</summary>
    public const string ProgressStreams = "progress";

    /// <summary>The stream namespace of a user's progress; the key is the user id.</summary>
    public const string ProgressNamespace = "user-progress";
}
