namespace Ingestion.Grains.Silos;

/// <summary>Activations of this silo that could be deactivated. Absent: none can.</summary>
internal interface IIdleGrains
{
    /// <summary>What there is now. Cheap, and allocates nothing.</summary>
    IdleGrainsSample Read();

    /// <summary>Deactivates the least valuable idle activations until about <paramref name="bytes"/> are expected to be freed.</summary>
    Shed Shed(long bytes);
}

/// <summary>The activations of this silo.</summary>
/// <param name="Activations">All of them.</param>
/// <param name="Idle">Those that could be deactivated.</param>
/// <param name="EstimatedBytes">What all of them take.</param>
/// <param name="IdleBytes">What the idle ones take.</param>
/// <param name="Regret">Share (0 to 1) of those that were deactivated here in the last minute and came back within 60 s.</param>
internal readonly record struct IdleGrainsSample(int Activations, int Idle, long EstimatedBytes, long IdleBytes, double Regret);

/// <summary>What was deactivated.</summary>
/// <param name="Activations">How many.</param>
/// <param name="ExpectedBytes">What they are expected to free once their memory is collected.</param>
internal readonly record struct Shed(int Activations, long ExpectedBytes);
