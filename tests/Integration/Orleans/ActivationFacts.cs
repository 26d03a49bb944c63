using Ingestion.Grains;
using Ingestion.Grains.Status;
using Ingestion.Grains.Uploads;
using Ingestion.Grains.Videos;
using Orleans.Configuration;

namespace Ingestion.Tests.Integration.OrleansFacts;

/// <summary>What becomes of calls that meet an activation on its way out.</summary>
public sealed class ActivationFacts
{
    // More than the 2 forwards that Orleans' default allows a call, fewer than our 10.
    private const int Deactivations = RestlessGrain.Deactivations;

    /// <summary>
    /// A call that meets a deactivation is forwarded to the next activation, and rejected when that has happened more often than
    /// <see cref="SiloMessagingOptions.MaxForwardCount"/> allows. <see cref="UploadGrain"/>, <see cref="VideoGrain"/> and <see cref="TicketGrain"/>
    /// deactivate themselves while calls come; the silo's setting of 10 (Silo/Hosting/Cluster.cs) is there for that.
    /// </summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData(10, true)]
    public async Task CallIsTurnedAway_OnlyWhenItMeetsMoreDeactivationsThanItMayBeForwarded(int? maxForwards, bool served)
    {
        await using var cluster = await FactCluster.StartAsync(
            configure: silo => silo.Configure<SiloMessagingOptions>(messaging => messaging.MaxForwardCount = maxForwards ?? messaging.MaxForwardCount));
        var call = cluster.From(0).GetGrain<IRestlessGrain>(FactCluster.NewKey()).CallAsync();

        if (served)
            await call;
        else
            await Assert.ThrowsAnyAsync<OrleansMessageRejectionException>(() => call);
        Assert.Equal(served ? Deactivations + 1 : 3, cluster.Probe.Count("activated"));
        Assert.Equal(served ? 1 : 0, cluster.Probe.Count("called"));
    }

    /// <summary>
    /// A grain that calls itself while it deactivates brings the next activation to life, and that one starts only when this one has gone.
    /// <see cref="GrainRetry"/> relies on it: what an <see cref="UploadGrain"/> or a <see cref="VideoGrain"/> still has to do continues.
    /// </summary>
    [Fact]
    public async Task NextActivationStarts_WhenAGrainCallsItselfWhileItDeactivates()
    {
        await using var cluster = await FactCluster.StartAsync();
        await cluster.From(0).GetGrain<ISucceededGrain>(FactCluster.NewKey()).LeaveAsync();
        await cluster.Probe.UntilAsync("leaving");
        Assert.Equal(1, cluster.Probe.Count("activated"));
        cluster.Probe.Open("left");
        await cluster.Probe.UntilAsync("called");
        Assert.Equal(["activated", "leaving", "left", "activated", "called"], cluster.Probe.Entries);
    }
}

public interface IRestlessGrain : IGrainWithStringKey
{
    Task CallAsync();
}

/// <summary>Its first activations take the call but deactivate before they execute it.</summary>
internal sealed class RestlessGrain(Probe probe) : Grain, IRestlessGrain
{
    public const int Deactivations = 5;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Record("activated");
        if (probe.Count("activated") <= Deactivations)
            DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task CallAsync()
    {
        probe.Record("called");
        return Task.CompletedTask;
    }
}

public interface ISucceededGrain : IGrainWithStringKey
{
    Task LeaveAsync();

    Task CallAsync();
}

internal sealed class SucceededGrain(Probe probe) : Grain, ISucceededGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Record("activated");
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (reason.ReasonCode is DeactivationReasonCode.ShuttingDown)
            return;
        probe.Record("leaving");
        GrainRetry.WakeNext(reason, () => GrainFactory.GetGrain<ISucceededGrain>(this.GetPrimaryKeyString()).CallAsync());
        await probe.PassAsync("left");
        probe.Record("left");
    }

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task CallAsync()
    {
        probe.Record("called");
        return Task.CompletedTask;
    }
}
