using System.Diagnostics;
using Ingestion.Grains.Status;
using Ingestion.Grains.Uploads;
using Ingestion.Grains.Videos;
using Ingestion.Grains.Webhooks;
using Orleans.Configuration;

namespace Ingestion.Tests.Integration.OrleansFacts;

/// <summary>What keeps an idle activation in memory.</summary>
public sealed class CollectionFacts
{
    private static readonly TimeSpan _age = TimeSpan.FromSeconds(1);

    /// <summary>
    /// DelayDeactivation keeps an idle activation for that long, and a later call with zero takes that back. <see cref="TicketGrain"/> (tickets),
    /// <see cref="QuotaGrain"/> (reservations of forms), <see cref="UploadGrain"/> (a form's manifest) and <see cref="WebhookGrain"/> (timers of
    /// later attempts) hold what is nowhere else.
    /// </summary>
    [Fact]
    public async Task ActivationStays_UntilItsDelayIsOverOrTakenBack()
    {
        await using var cluster = await StartAsync();
        var grain = cluster.From(0).GetGrain<IIdleGrain>("delayed");
        await grain.DelayAsync(TimeSpan.FromHours(1));
        await CollectAsync(cluster, "first");
        await CollectAsync(cluster, "second");
        Assert.Equal(0, cluster.Probe.Count("delayed collected"));

        await grain.DelayAsync(TimeSpan.Zero);
        await cluster.Probe.UntilAsync("delayed collected");
    }

    /// <summary>
    /// A timer that ticks keeps its activation only when it was made with <see cref="GrainTimerCreationOptions.KeepAlive"/>. The retries of
    /// <see cref="UploadGrain"/> and <see cref="VideoGrain"/>, and the deliveries of <see cref="WebhookGrain"/>, are such timers.
    /// </summary>
    [Fact]
    public async Task TickingTimerKeepsItsActivation_OnlyWithKeepAlive()
    {
        await using var cluster = await StartAsync();
        await cluster.From(0).GetGrain<IIdleGrain>("plain").TickAsync(keepAlive: false);
        await cluster.Probe.UntilAsync("plain collected");

        // On a machine too busy to tick in time the activation has idled whatever its timer wished: then once more.
        var kept = "kept";
        for (var attempt = 1; ; attempt++)
        {
            await cluster.From(0).GetGrain<IIdleGrain>(kept).TickAsync(keepAlive: true);
            await CollectAsync(cluster, kept + "-first");
            await CollectAsync(cluster, kept + "-second");
            if (attempt == 5 || cluster.Probe.Count(kept + " starved") == 0)
                break;
            kept += "-again";
        }

        Assert.Equal(0, cluster.Probe.Count(kept + " collected"));
    }

    private static Task<FactCluster> StartAsync() => FactCluster.StartAsync(configure: silo => silo.Configure<GrainCollectionOptions>(collection =>
    {
        collection.CollectionQuantum = _age / 10;
        collection.CollectionAge = _age;
    }));

    /// <summary>Returns when a grain that was activated after this call began has been collected: the clock of these facts.</summary>
    private static async Task CollectAsync(FactCluster cluster, string key)
    {
        await cluster.From(0).GetGrain<IIdleGrain>(key).CallAsync();
        await cluster.Probe.UntilAsync(key + " collected");
    }

    internal static bool IsStarved(long ticked) => Stopwatch.GetElapsedTime(ticked) >= _age / 2;
}

public interface IIdleGrain : IGrainWithStringKey
{
    Task CallAsync();

    Task DelayAsync(TimeSpan time);

    Task TickAsync(bool keepAlive);
}

internal sealed class IdleGrain(Probe probe) : Grain, IIdleGrain
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(50);

    private long? _ticked;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_ticked is { } ticked && CollectionFacts.IsStarved(ticked))
            probe.Record(this.GetPrimaryKeyString() + " starved");
        if (reason.ReasonCode is DeactivationReasonCode.ActivationIdle)
            probe.Record(this.GetPrimaryKeyString() + " collected");
        return Task.CompletedTask;
    }

    public Task CallAsync() => Task.CompletedTask;

    public Task DelayAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task TickAsync(bool keepAlive)
    {
        var options = new GrainTimerCreationOptions(TimeSpan.Zero, _period) { KeepAlive = keepAlive };
        this.RegisterGrainTimer(
            _ =>
            {
                _ticked = Stopwatch.GetTimestamp();
                return Task.CompletedTask;
            },
            options);
        return Task.CompletedTask;
    }
}
