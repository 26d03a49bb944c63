namespace Ingestion.Silos.Evidence;

/// <summary>All that this silo knows of its own memory.</summary>
public interface IMemoryDetail
{
    /// <summary>The newest of it, as JSON: docs/operate/memory.md names its members.</summary>
    byte[] ReadJson();
}
