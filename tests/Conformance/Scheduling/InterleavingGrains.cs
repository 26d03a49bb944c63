using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Concurrency;

namespace Ingestion.Tests.Conformance.Scheduling;

/// <summary>Each method journals its start, waits at the gate of that name and journals its end.</summary>
public interface IInterleavingGrain : IGrainWithStringKey
{
    Task WriteAsync(string name);

    [ReadOnly]
    Task ReadAsync(string name);

    [AlwaysInterleave]
    Task InterleaveAsync(string name);

    [AlwaysInterleave]
    Task PingAsync();
}

internal sealed class ExclusiveGrain(Probe probe) : Grain, IInterleavingGrain
{
    public Task WriteAsync(string name) => HoldAsync(probe, this.GetPrimaryKeyString(), name);

    public Task ReadAsync(string name) => HoldAsync(probe, this.GetPrimaryKeyString(), name);

    public Task InterleaveAsync(string name) => HoldAsync(probe, this.GetPrimaryKeyString(), name);

    public Task PingAsync() => Task.CompletedTask;

    internal static async Task HoldAsync(Probe probe, string key, string name)
    {
        probe.Record(key, $"{name} starts");
        await probe.GateAsync(key + name);
        probe.Record(key, $"{name} ends");
    }
}

[Reentrant]
internal sealed class OpenGrain(Probe probe) : Grain, IReentrantGrain
{
    public Task WriteAsync(string name) => ExclusiveGrain.HoldAsync(probe, this.GetPrimaryKeyString(), name);
}

public interface IReentrantGrain : IGrainWithStringKey
{
    Task WriteAsync(string name);
}
