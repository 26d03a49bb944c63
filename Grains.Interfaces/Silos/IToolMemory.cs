namespace Ingestion.Silos;

/// <summary>Memory of the media tools that this silo runs now. Absent in a silo without the role worker.</summary>
public interface IToolMemory
{
    /// <summary>Runs under way.</summary>
    int Running { get; }

    /// <summary>RSS of all of them together, as it was seen last: each is looked at five times a second.</summary>
    long ResidentBytes { get; }
}
