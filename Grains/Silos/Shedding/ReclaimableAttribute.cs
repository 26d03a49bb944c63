namespace Ingestion.Grains.Silos.Shedding;

/// <summary>
/// What an activation of a grain class is worth to a silo that runs out of memory. Every grain class of this project has one; activations without it
/// (Orleans' own) are not looked at.
/// </summary>
/// <param name="bytes">What a usual activation takes with its state, measured: docs/measuring.md. See also <see cref="ISized"/>.</param>
/// <param name="reads">How many states are read from the storage until an activation that comes back can answer.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class ReclaimableAttribute(int bytes, int reads) : Attribute
{
    public int Bytes { get; } = bytes;

    public int Reads { get; } = reads;

    /// <summary>No activation is ever deactivated for memory: it holds what is nowhere else, or is called by a clock and would be back at once.</summary>
    public bool Never { get; init; }
}
