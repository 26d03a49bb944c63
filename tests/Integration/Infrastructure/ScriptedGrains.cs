using Ingestion.Grains.Silos;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Idle grains that a test makes up.</summary>
internal sealed class ScriptedGrains(ScriptedSense sense) : IIdleGrains
{
    /// <summary>Runs when grains are to be deactivated, with the bytes that are wanted.</summary>
    public Action<long> Sheds { get; set; } = _ => { };

    public IdleGrainsSample Read() => sense.Read().Load.Grains;

    public Shed Shed(long bytes)
    {
        Sheds(bytes);
        return new Shed(1, bytes);
    }
}
