using Ingestion.Tests.Conformance.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Xunit;

namespace Ingestion.Tests.Conformance.Storage;

/// <summary>Two writers of one record: the grain, and the test that writes behind its back through the storage itself.</summary>
[Collection(SharedCluster.Name)]
public sealed class ConflictTests(SharedCluster cluster)
{
    [Fact]
    public async Task WriteIsRefused_WhenTheRecordHasChanged()
    {
        var grain = cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New());
        await grain.WriteAsync("mine");
        await WriteBehindAsync(grain, "theirs");

        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteAsync("mine again"));
        Assert.NotEqual(conflict.StoredEtag, conflict.CurrentEtag);
    }

    [Fact]
    public async Task ActivationIsReplacedAndReadsTheTruth_AfterAConflictEscapedIt()
    {
        var grain = cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New());
        await grain.WriteAsync("mine");
        await WriteBehindAsync(grain, "theirs");
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteAsync("mine again"));

        Assert.Equal("theirs", (await grain.FoundOnActivationAsync()).Note.Text);
        Assert.Equal("third", (await grain.WriteAsync("third")).Note.Text);
    }

    [Fact]
    public async Task FirstWriteIsRefused_WhenTheRecordHasAppeared()
    {
        var grain = cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New());
        await grain.GetAsync();
        await WriteBehindAsync(grain, "theirs");

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteAsync("mine"));
    }

    [Fact]
    public async Task ClearIsRefused_WhenTheRecordHasChanged()
    {
        var grain = cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New());
        await grain.WriteAsync("mine");
        await WriteBehindAsync(grain, "theirs");

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.ClearAsync());
    }

    private async Task WriteBehindAsync(INoteGrain grain, string text)
    {
        var storage = cluster.Services(0).GetRequiredKeyedService<IGrainStorage>("Default");
        var state = new GrainState<Note>();
        await storage.ReadStateAsync("note", grain.GetGrainId(), state);
        state.State = new Note(text, 100);
        await storage.WriteStateAsync("note", grain.GetGrainId(), state);
    }
}
