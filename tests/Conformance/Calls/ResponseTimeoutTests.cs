using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Configuration;
using Xunit;

namespace Ingestion.Tests.Conformance.Calls;

/// <summary>A cluster whose calls time out after a second, on the client and between grains.</summary>
public sealed class ImpatientCluster() : ProbedCluster(1), IAsyncLifetime
{
    public Task InitializeAsync() => DeployAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    protected override void Configure(ISiloBuilder silo) => silo.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(1));

    protected override void Configure(IClientBuilder client) =>
        client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(1));
}

public sealed class ResponseTimeoutTests(ImpatientCluster cluster) : IClassFixture<ImpatientCluster>
{
    [Fact]
    public async Task ClientsCallTimesOut_AfterTheConfiguredTime()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<ICallGrain>(key);

        await Assert.ThrowsAsync<TimeoutException>(() => grain.HoldAsync());
        cluster.Probe.Open(key);
        Assert.Equal(1, await grain.AddAsync(0));
    }

    [Fact]
    public async Task HostsCallTimesOut_AfterTheConfiguredTime()
    {
        var key = Keys.New();
        await Assert.ThrowsAsync<TimeoutException>(() => cluster.From(0).GetGrain<ICallGrain>(key).HoldAsync());
        cluster.Probe.Open(key);
    }

    [Fact]
    public async Task GrainsCallTimesOut_AfterTheConfiguredTime()
    {
        var (caller, other) = (Keys.New(), Keys.New());

        Assert.Equal(nameof(TimeoutException), await cluster.Client.GetGrain<IPatientGrain>(caller).CallHeldAsync(other));
        cluster.Probe.Open(other);
    }
}

public interface IPatientGrain : IGrainWithStringKey
{
    [ResponseTimeout("00:00:15")]
    Task<string> CallHeldAsync(string other);
}

internal sealed class PatientGrain : Grain, IPatientGrain
{
    public async Task<string> CallHeldAsync(string other)
    {
        try
        {
            await GrainFactory.GetGrain<ICallGrain>(other).HoldAsync();
            return "no timeout";
        }
        catch (TimeoutException)
        {
            return nameof(TimeoutException);
        }
    }
}
