namespace Ingestion.Silos;

/// <summary>What the growth of a silo's memory floor means. Marks: docs/operate/memory.md.</summary>
public enum LeakVerdict : byte
{
    /// <summary>Less than 10 MiB an hour, or not yet known.</summary>
    None,

    /// <summary>10 MiB an hour or more.</summary>
    Watch,

    /// <summary>50 MiB an hour or more.</summary>
    Warning,

    /// <summary>100 MiB an hour or more.</summary>
    Critical,
}
