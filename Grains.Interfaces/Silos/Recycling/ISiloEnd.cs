namespace Ingestion.Silos.Recycling;

/// <summary>Ends this silo in good order, so that its supervisor starts it again. Absent where nothing would.</summary>
public interface ISiloEnd
{
    /// <summary>How long the end takes at most.</summary>
    TimeSpan Longest { get; }

    /// <summary>Begins it, and returns at once.</summary>
    /// <returns>False, and nothing happens, when the silo stops already.</returns>
    bool Begin();
}
