using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Tests.Integration.OrleansFacts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ingestion.Tests.Integration.Silos.Shedding;

/// <summary>A crowd of idle activations, and some that are called all the time, in one silo.</summary>
public sealed class ShedTests : IAsyncLifetime, IAsyncDisposable
{
    private const int Crowd = 1000;
    private const int Hot = 50;
    private const int Back = 100;
    private const string Executing = "executing";
    private const string Pinned = "pinned";

    // Well below the ten seconds after which Orleans counts an activation as idle.
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _over = new();
    private FactCluster _cluster = null!;
    private Task _calling = Task.CompletedTask;

    private IIdleGrains Grains => _cluster.Services(0).GetRequiredService<IIdleGrains>();

    private IActivationWorkingSet WorkingSet => _cluster.Services(0).GetRequiredService<IActivationWorkingSet>();

    public async Task InitializeAsync() => _cluster = await FactCluster.StartAsync(configure: silo =>
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddIdleGrains();
    });

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _calling;
        _over.Dispose();
        await _cluster.DisposeAsync();
    }

    /// <summary>One test for all of it, as each waits until Orleans has seen that nothing happens.</summary>
    [Fact]
    public async Task IdleActivationsGoAndOthersStay_AndTheirReturnIsRegret()
    {
        var hot = await WhoAsync("hot", Hot);
        _calling = CallAsync();
        var (executing, pinned) = (await Grain(Executing).WhoAsync(), await Grain(Pinned).WhoAsync());
        await Grain(Pinned).PinAsync();
        // Worth the least of all: it is still there when it is to execute something.
        await Grain(Executing).ShrinkAsync();
        var crowd = await WhoAsync("idle", Crowd);
        await Eventually.TrueAsync(() => Grains.Read().Idle == Crowd + 2, "all but the hot ones are idle");
        Assert.Equal(Crowd + Hot + 2, Grains.Read().Activations);
        Assert.Equal(((Crowd + 1) * CrowdGrain.Bytes) + CrowdGrain.SmallBytes, Grains.Read().IdleBytes);

        // The half, by bytes. The first one has just been called, which Orleans reports within five seconds only.
        Assert.Equal(crowd[0], await Grain("idle-0").WhoAsync());
        Assert.Equal(new Shed(Crowd / 2, Crowd / 2 * CrowdGrain.Bytes), Grains.Shed(Crowd / 2 * CrowdGrain.Bytes));
        // The rest, once it is out of the working set: Orleans reports a call as late as it ends.
        await Eventually.TrueAsync(() => WorkingSet.Count < Crowd / 4, "the rest is out of the working set");
        var call = Grain(Executing).ExecuteAsync(Executing);
        await _cluster.Probe.UntilAsync(Executing);
        Assert.Equal((Crowd / 2) - 1, Grains.Shed(long.MaxValue).Activations);
        await Eventually.TrueAsync(() => Grains.Read().Activations == Hot + 3, "the crowd has gone");
        Assert.Equal(0, Grains.Read().Regret);

        var back = await Task.WhenAll(Enumerable.Range(1, Back).Select(i => Grain($"idle-{i}").WhoAsync()));
        Assert.Empty(back.Intersect(crowd));
        Assert.Equal((double)Back / (Crowd - 1), Grains.Read().Regret);
        Assert.Equal(hot, await WhoAsync("hot", Hot));
        Assert.Equal(crowd[0], await Grain("idle-0").WhoAsync());
        Assert.Equal(pinned, await Grain(Pinned).WhoAsync());
        _cluster.Probe.Open(Executing);
        Assert.Equal(executing, await call);

        // Those that stayed because they were busy become idle again. The others are back too soon to go.
        await Eventually.TrueAsync(() => Grains.Read().Idle == Back + 3, "all but the hot ones are idle again");
        Assert.Equal(2, Grains.Shed(long.MaxValue).Activations);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    private ICrowdGrain Grain(string key) => _cluster.From(0).GetGrain<ICrowdGrain>(key);

    private Task<Guid[]> WhoAsync(string name, int count) => Task.WhenAll(Enumerable.Range(0, count).Select(i => Grain($"{name}-{i}").WhoAsync()));

    private async Task CallAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            await WhoAsync("hot", Hot);
            await Task.Delay(_period, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
