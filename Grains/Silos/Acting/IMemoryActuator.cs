namespace Ingestion.Grains.Silos.Acting;

/// <summary>What the governor can do to the process. A test counts instead.</summary>
internal interface IMemoryActuator
{
    /// <summary>Compacts the managed heap and gives what is free to the system.</summary>
    /// <returns>For how long that stopped the silo.</returns>
    TimeSpan Collect();

    /// <summary>Begins a collection that runs beside the work.</summary>
    void CollectInBackground();

    /// <summary>Gives free native memory to the system.</summary>
    void TrimNative();
}
