namespace Ingestion.Grains.Silos.Acting;

/// <summary>What the governor can do to the process. A test counts instead.</summary>
internal interface IMemoryActuator
{
    /// <summary>Compacts the managed heap and gives what is free to the system.</summary>
    /// <returns>For how long that stopped the silo.</returns>
    TimeSpan Collect();

    /// <summary>A full collection that the silo waits for. Nothing is moved or given back: what is alive is known after it.</summary>
    /// <returns>For how long that stopped the silo.</returns>
    TimeSpan CollectGarbage();

    /// <summary>Begins a collection that runs beside the work.</summary>
    void CollectInBackground();

    /// <summary>Gives free native memory to the system.</summary>
    void TrimNative();
}
