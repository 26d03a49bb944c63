namespace Ingestion.Grains.Silos.Sensing;

/// <summary>What the governor knows about memory. One process can hold several silos in a test: each then gets its own signal.</summary>
internal interface IMemorySense
{
    /// <summary>A fresh reading.</summary>
    MemoryReading Read();
}
