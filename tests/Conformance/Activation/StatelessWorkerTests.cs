using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Concurrency;
using Xunit;

namespace Ingestion.Tests.Conformance.Activation;

[Collection(SharedCluster.Name)]
public sealed class StatelessWorkerTests(SharedCluster cluster)
{
    [Fact]
    public async Task CallsRunSideBySideOnSeveralActivations_UpToTheLimit()
    {
        var key = Keys.New();
        var worker = cluster.From(0).GetGrain<IPairedWorkerGrain>(key);
        var calls = new[] { worker.HoldAsync(), worker.HoldAsync(), worker.HoldAsync() };
        await cluster.Probe.UntilAsync(key, "held", 2);

        // The third one waits for one of the two.
        Assert.Equal(2, cluster.Probe.Count(key, "held"));
        cluster.Probe.Open(key);
        Assert.Equal(2, (await Task.WhenAll(calls)).Distinct().Count());
    }

    [Fact]
    public async Task EverySiloHasActivationsOfItsOwn()
    {
        var key = Keys.New();
        for (var silo = 0; silo < 2; silo++)
            Assert.Equal(cluster.SiloAddresses[silo], await cluster.From(silo).GetGrain<IWorkerGrain>(key).WhereAsync());
    }
}

public interface IPairedWorkerGrain : IGrainWithStringKey
{
    Task<Guid> HoldAsync();
}

[StatelessWorker(2)]
internal sealed class PairedWorkerGrain(Probe probe) : Grain, IPairedWorkerGrain
{
    private readonly Guid _id = Guid.NewGuid();

    public async Task<Guid> HoldAsync()
    {
        probe.Record(this.GetPrimaryKeyString(), "held");
        await probe.GateAsync(this.GetPrimaryKeyString());
        return _id;
    }
}

public interface IWorkerGrain : IGrainWithStringKey
{
    Task<SiloAddress> WhereAsync();
}

[StatelessWorker]
internal sealed class WorkerGrain(ILocalSiloDetails silo) : Grain, IWorkerGrain
{
    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);
}
