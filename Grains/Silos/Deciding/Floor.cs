namespace Ingestion.Grains.Silos.Deciding;

/// <summary>What remains after memory was reclaimed.</summary>
/// <param name="At">When, on a clock that only goes forward.</param>
/// <param name="Bytes">Live objects after a full blocking collection, or native memory after a trim.</param>
/// <param name="ExplainedBytes">Of them, what activations account for by the sizes that their classes declare.</param>
internal readonly record struct Floor(TimeSpan At, long Bytes, long ExplainedBytes)
{
    public long UnexplainedBytes => Bytes - ExplainedBytes;

    public long HalfExplainedBytes => Bytes - (ExplainedBytes / 2);
}
