using Ingestion.Grains.Storage;
using Ingestion.Grains.Uploads;
using Ingestion.Grains.Videos;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Storage;

namespace Ingestion.Tests.Integration.OrleansFacts;

/// <summary>What runs at the same time in one activation, and what does not.</summary>
public sealed class SchedulingFacts
{
    /// <summary>
    /// While a tick of a timer runs there is neither another tick of it nor a call, unless they are made to interleave. <see cref="UploadGrain"/> and
    /// <see cref="VideoGrain"/> retry their pending work in such ticks, over several awaits, and rely on their state being theirs meanwhile.
    /// </summary>
    [Fact]
    public async Task NextTickAndCallsWait_WhileATickRuns()
    {
        await using var cluster = await FactCluster.StartAsync();
        var grain = cluster.From(0).GetGrain<ITickingGrain>("slow");
        await grain.StartAsync();
        await cluster.Probe.UntilAsync("slow tick starts");
        var call = grain.CallAsync();
        // They were sent after the call and do not wait: when they are back, and another timer has ticked, the call and the next tick were due.
        for (var i = 0; i < 3; i++)
            await grain.InterleaveAsync();
        cluster.Probe.Open("quick");
        await cluster.From(0).GetGrain<ITickingGrain>("quick").StartAsync();
        await cluster.Probe.UntilAsync("quick tick ends", 5);
        Assert.Equal(["slow tick starts"], Of("slow"));
        Assert.False(call.IsCompleted);

        cluster.Probe.Open("slow");
        await call;
        await cluster.Probe.UntilAsync("slow tick ends", 3);
        string[] ticks = [.. Of("slow").Where(entry => entry != "slow call")];
        Assert.All(ticks.Index(), tick => Assert.Equal(tick.Index % 2 == 0 ? "slow tick starts" : "slow tick ends", tick.Item));

        string[] Of(string key) => [.. cluster.Probe.Entries.Where(entry => entry.StartsWith(key, StringComparison.Ordinal))];
    }

    /// <summary>
    /// In a grain that is reentrant calls come in while a write is awaited, and so meet in the next write; but never do two of them run at the same
    /// moment, nor outside of the activation's scheduler. <see cref="CoalescedState{TState}"/> and <see cref="SegmentedLog{T}"/> have no locks.
    /// </summary>
    [Fact]
    public async Task ChangesShareTheNextWrite_WhileOneIsAwaited()
    {
        const int Changes = 100;
        var storage = new GatedStorage();
        await using var cluster = await FactCluster.StartAsync(configure: silo => silo.Services.AddSingleton(storage));
        var grain = cluster.From(0).GetGrain<ICountingGrain>(FactCluster.NewKey());
        var first = grain.AddAsync();
        await storage.Gate.Reached.WaitAsync(Eventually.Deadline);
        var others = Enumerable.Range(0, Changes).Select(_ => Task.Run(grain.AddAsync)).ToArray();
        await cluster.Probe.UntilAsync("comes in", Changes + 1);
        storage.Gate.Open();

        await first;
        var counts = await Task.WhenAll(others);
        Assert.Equal(Enumerable.Range(2, Changes), counts.Order());
        Assert.Equal(2, storage.Writes);
        Assert.Equal(0, cluster.Probe.Count("stray"));
        Assert.Equal(0, cluster.Probe.Count("overlap"));
    }

    /// <summary>
    /// A caller that has waited for the response timeout gets a <see cref="TimeoutException"/>, and its call is executed all the same; a method with
    /// a timeout of its own waits for that. What edge and grains do again after a timeout has to be harmless;
    /// <see cref="IUploadGrain.CompleteAsync"/> waits 10 minutes, <see cref="IUploadFence.FenceAsync"/> 10 s.
    /// </summary>
    [Fact]
    public async Task CalleeContinues_WhenItsCallerHasTimedOut()
    {
        await using var cluster = await FactCluster.StartAsync(
            configure: silo => silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(1)));
        var patient = cluster.From(0).GetGrain<IHoldingGrain>("patient").HoldPatientlyAsync();
        await cluster.Probe.UntilAsync("patient held");
        await Assert.ThrowsAsync<TimeoutException>(() => cluster.From(0).GetGrain<IHoldingGrain>("impatient").HoldAsync());
        await cluster.Probe.UntilAsync("impatient held");
        Assert.False(patient.IsCompleted);

        cluster.Probe.Open("patient");
        cluster.Probe.Open("impatient");
        await patient;
        await cluster.Probe.UntilAsync("impatient done");
    }
}

public interface ITickingGrain : IGrainWithStringKey
{
    /// <summary>Ticks all the time; each tick waits at the gate of the grain's key.</summary>
    Task StartAsync();

    Task CallAsync();

    [AlwaysInterleave]
    Task InterleaveAsync();
}

internal sealed class TickingGrain(Probe probe) : Grain, ITickingGrain
{
    private string Key => this.GetPrimaryKeyString();

    public Task StartAsync()
    {
        this.RegisterGrainTimer(TickAsync, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
        return Task.CompletedTask;
    }

    public Task CallAsync()
    {
        probe.Record(Key + " call");
        return Task.CompletedTask;
    }

    public Task InterleaveAsync() => Task.CompletedTask;

    private async Task TickAsync()
    {
        probe.Record(Key + " tick starts");
        await probe.PassAsync(Key);
        probe.Record(Key + " tick ends");
    }
}

public interface ICountingGrain : IGrainWithStringKey
{
    /// <summary>Adds one and returns the sum, once that is stored.</summary>
    Task<int> AddAsync();
}

/// <summary>Uses a <see cref="CoalescedState{TState}"/> as our own grains do, and watches its own turns.</summary>
[Reentrant]
internal sealed class CountingGrain(Probe probe, GatedStorage storage, IGrainContext context) : Grain, ICountingGrain
{
    private readonly CoalescedState<Sum> _sum = new(storage, context.GrainId, "sum");
    private TaskScheduler? _scheduler;
    private int _inside;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _scheduler = TaskScheduler.Current;
        return Task.CompletedTask;
    }

    public async Task<int> AddAsync()
    {
        Watch();
        probe.Record("comes in");
        var sum = await _sum.ChangeAsync(sum =>
        {
            Watch();
            return new StateChange<Sum, int>(new Sum { Value = sum.Value + 1 }, sum.Value + 1, Durable: true);
        });
        Watch();
        return sum;
    }

    private void Watch()
    {
        if (!ReferenceEquals(_scheduler, TaskScheduler.Current))
            probe.Record("stray");
        if (Interlocked.Increment(ref _inside) != 1)
            probe.Record("overlap");
        Thread.SpinWait(500);
        Interlocked.Decrement(ref _inside);
    }

    internal sealed class Sum
    {
        public int Value { get; set; }
    }
}

/// <summary>Stores nothing, and holds writes until its gate is opened.</summary>
internal sealed class GatedStorage : IGrainStorage
{
    private int _writes;

    public Gate Gate { get; } = new();

    public int Writes => Volatile.Read(ref _writes);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Interlocked.Increment(ref _writes);
        return Gate.PassAsync();
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
}

public interface IHoldingGrain : IGrainWithStringKey
{
    /// <summary>Waits at the gate of the grain's key.</summary>
    Task HoldAsync();

    [ResponseTimeout("00:10:00")]
    Task HoldPatientlyAsync();
}

internal sealed class HoldingGrain(Probe probe) : Grain, IHoldingGrain
{
    public async Task HoldAsync()
    {
        probe.Record(this.GetPrimaryKeyString() + " held");
        await probe.PassAsync(this.GetPrimaryKeyString());
        probe.Record(this.GetPrimaryKeyString() + " done");
    }

    public Task HoldPatientlyAsync() => HoldAsync();
}
