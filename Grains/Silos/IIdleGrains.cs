namespace Ingestion.Grains.Silos;

/// <summary>The idle activations of this silo, and their deactivation in the order of what that gains.</summary>
internal interface IIdleGrains
{
    /// <summary>What there is now. Cheap, and allocates nothing: it may be called in each tick.</summary>
    IdleGrainsSample Read();

    /// <summary>
    /// Deactivates the least valuable idle activations until about <paramref name="bytes"/> are expected to be freed. Never one that executes a call, has
    /// calls waiting or says that it must stay. The work of a call is bounded: it may deactivate less than there is, and deactivation itself goes on after it
    /// returns.
    /// </summary>
    /// <returns>What is being deactivated. The memory is free after the collector has run.</returns>
    Shed Shed(long bytes);
}

/// <summary>The activations of our grain classes in this silo.</summary>
/// <param name="Activations">All of them.</param>
/// <param name="Idle">Without a call for ten seconds or more, and of a class that may be deactivated.</param>
/// <param name="EstimatedBytes">What all of them take, by the sizes that their classes declare.</param>
/// <param name="IdleBytes">What the idle ones take.</param>
/// <param name="Regret">Share (0 to 1) of the activations that were shed in the last minute and have come back to this silo within 60 s.</param>
/// <param name="Leaving">Those of what was shed whose deactivation has not begun yet.</param>
internal readonly record struct IdleGrainsSample(
    int Activations, int Idle, long EstimatedBytes, long IdleBytes, double Regret, int Leaving = 0);

/// <summary>What a call has begun to deactivate.</summary>
/// <param name="Activations">How many.</param>
/// <param name="ExpectedBytes">What they take, by the sizes that their classes declare.</param>
internal readonly record struct Shed(int Activations, long ExpectedBytes);
