using Orleans.Placement;

namespace Ingestion.Bench.GrainCalls;

[Alias("bench.echo")]
public interface IEchoGrain : IGrainWithStringKey
{
    [Alias("echo")]
    Task<int> EchoAsync(int value);
}

[PreferLocalPlacement]
internal sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<int> EchoAsync(int value) => Task.FromResult(value);
}
