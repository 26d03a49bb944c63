using Ingestion.Grains.Silos.Shedding;
using Ingestion.Tests.Integration.OrleansFacts;

namespace Ingestion.Tests.Integration.Silos.Shedding;

/// <summary>A grain that shows which activation answers.</summary>
public interface ICrowdGrain : IGrainWithStringKey
{
    Task<Guid> WhoAsync();

    Task PinAsync();

    Task ShrinkAsync();

    /// <summary>Executes until the test opens the gate of this name.</summary>
    Task<Guid> ExecuteAsync(string gate);
}

[Reclaimable(Bytes, reads: 1)]
internal sealed class CrowdGrain(Probe probe) : Grain, ICrowdGrain, IPinned, ISized
{
    public const int Bytes = 10_000;
    public const int SmallBytes = Bytes / 10;

    private readonly Guid _activation = Guid.NewGuid();

    public bool IsPinned { get; private set; }

    public long EstimatedBytes { get; private set; } = Bytes;

    public Task<Guid> WhoAsync() => Task.FromResult(_activation);

    public Task PinAsync()
    {
        IsPinned = true;
        return Task.CompletedTask;
    }

    public Task ShrinkAsync()
    {
        EstimatedBytes = SmallBytes;
        return Task.CompletedTask;
    }

    public async Task<Guid> ExecuteAsync(string gate)
    {
        probe.Record(gate);
        await probe.PassAsync(gate);
        return _activation;
    }
}
