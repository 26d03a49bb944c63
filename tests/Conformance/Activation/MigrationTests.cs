using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Placement;
using Orleans.Runtime.Placement;
using Xunit;

namespace Ingestion.Tests.Conformance.Activation;

[Collection(SharedCluster.Name)]
public sealed class MigrationTests(SharedCluster cluster)
{
    [Fact]
    public async Task GrainMovesWithItsState_WhenMigratedToAnotherSilo()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IMigratingGrain>(key);
        await grain.SetAsync("kept in memory only", "stored");
        var from = await grain.WhereAsync();
        var to = cluster.SiloAddresses.Single(s => !s.Equals(from));

        await grain.MigrateAsync(to);
        await cluster.Probe.UntilAsync(key, "activated", 2);

        Assert.Equal(("kept in memory only", "stored"), await grain.GetAsync());
        Assert.Equal(to, await grain.WhereAsync());
        Assert.Equal(["activated", "deactivated Migrating", "dehydrated", "rehydrated", "activated"], cluster.Probe.Of(key));
    }

    [Fact]
    public async Task GrainIsReactivatedOnDemand_WhenItCantMigrate()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IMigratingGrain>(key);
        await grain.SetAsync("kept in memory only", "stored");

        await grain.MigrateAsync(await grain.WhereAsync());
        Assert.Equal("stored", (await grain.GetAsync()).Stored);
    }
}

[GenerateSerializer, Immutable, Alias("conformance.migrating-state")]
public sealed record MigratingState([property: Id(0)] string Text)
{
    public MigratingState() : this("")
    {
    }
}

public interface IMigratingGrain : IGrainWithStringKey
{
    Task SetAsync(string memory, string stored);

    Task<(string Memory, string Stored)> GetAsync();

    Task<SiloAddress> WhereAsync();

    Task MigrateAsync(SiloAddress to);
}

[RandomPlacement]
internal sealed class MigratingGrain(
    Probe probe, ILocalSiloDetails silo, [PersistentState("migrating")] IPersistentState<MigratingState> state) : Grain, IMigratingGrain, IGrainMigrationParticipant
{
    private string _memory = "";

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Record(Key, "activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Record(Key, $"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        probe.Record(Key, "dehydrated");
        dehydrationContext.TryAddValue("memory", _memory);
    }

    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        probe.Record(Key, "rehydrated");
        if (rehydrationContext.TryGetValue<string>("memory", out var memory)) _memory = memory ?? "";
    }

    public async Task SetAsync(string memory, string stored)
    {
        _memory = memory;
        state.State = new MigratingState(stored);
        await state.WriteStateAsync();
    }

    public Task<(string Memory, string Stored)> GetAsync() => Task.FromResult((_memory, state.State.Text));

    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public Task MigrateAsync(SiloAddress to)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
        MigrateOnIdle();
        return Task.CompletedTask;
    }
}
