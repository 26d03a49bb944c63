using Ingestion.Silos;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Buffers of a silo that takes no uploads over HTTP: a limit, and nothing in it.</summary>
internal sealed class ScriptedBuffers : IBufferBudget
{
    public const long Configured = 96L << 20;

    private long _limit = Configured;

    public long LimitBytes
    {
        get => Interlocked.Read(ref _limit);
        set => Interlocked.Exchange(ref _limit, value);
    }

    public long LeastLimitBytes => 8L << 20;

    public int PartsInFlight { get; set; } = 2;

    public long UsedBytes => 0;

    public long StagedBytes => 0;

    public int Waiting => 0;
}
