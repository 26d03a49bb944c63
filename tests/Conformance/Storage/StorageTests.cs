using Ingestion.Tests.Conformance.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Xunit;

namespace Ingestion.Tests.Conformance.Storage;

[Collection(SharedCluster.Name)]
public sealed class StorageTests(SharedCluster cluster)
{
    [Fact]
    public async Task StateIsNewAndHasNoRecord_WhenNothingWasWritten()
    {
        var found = await cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New()).GetAsync();

        Assert.Equal(new Note("", 0), found.Note);
        Assert.False(found.Exists);
        Assert.Null(found.ETag);
    }

    [Fact]
    public async Task StateIsReadBeforeOnActivate_AfterDeactivation()
    {
        var grain = cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New());
        var written = await grain.WriteAsync("kept");
        await grain.LeaveAsync();

        var found = await grain.FoundOnActivationAsync();
        Assert.Equal(new Note("kept", 1), found.Note);
        Assert.True(found.Exists);
        Assert.Equal(written.ETag, found.ETag);
    }

    [Fact]
    public async Task StateOfActivationIsLost_WhenItIsNotWritten()
    {
        var grain = cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New());
        await grain.WriteAsync("written");
        await grain.ScribbleAsync("scribbled");
        Assert.Equal("scribbled", (await grain.GetAsync()).Note.Text);
        await grain.LeaveAsync();

        Assert.Equal("written", (await grain.GetAsync()).Note.Text);
    }

    [Fact]
    public async Task ETagChanges_WithEveryWrite()
    {
        var grain = cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New());
        var first = await grain.WriteAsync("one");
        var second = await grain.WriteAsync("two");

        Assert.True(first.Exists);
        Assert.NotNull(first.ETag);
        Assert.NotEqual(first.ETag, second.ETag);
    }

    [Fact]
    public async Task ReadBringsTheStoredStateBack_OverUnwrittenChanges()
    {
        var grain = cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New());
        await grain.WriteAsync("written");
        await grain.ScribbleAsync("scribbled");

        Assert.Equal("written", (await grain.ReadAsync()).Note.Text);
    }

    [Fact]
    public async Task RecordIsGone_AfterClear()
    {
        var grain = cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New());
        await grain.WriteAsync("to be cleared");

        var cleared = await grain.ClearAsync();
        Assert.False(cleared.Exists);
        Assert.Equal(new Note("", 0), cleared.Note);
        await grain.LeaveAsync();
        Assert.False((await grain.FoundOnActivationAsync()).Exists);
        Assert.Equal(new Note("again", 1), (await grain.WriteAsync("again")).Note);
    }

    [Fact]
    public async Task OneGrainsStateIsItsOwn_WhenOthersUseTheSameStorage()
    {
        var (one, other) = (cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New()), cluster.Client.GetGrain<IMemoryNoteGrain>(Keys.New()));
        await one.WriteAsync("one");

        Assert.False((await other.ReadAsync()).Exists);
    }

    [Fact]
    public async Task NamedStorageIsUsed_WhenTheStateNamesIt()
    {
        var grain = cluster.Client.GetGrain<IDurableNoteGrain>(Keys.New());
        await grain.WriteAsync("durable");

        Assert.True(cluster.Durable.Contains("durable-note", grain.GetGrainId()));
        await grain.LeaveAsync();
        Assert.Equal("durable", (await grain.GetAsync()).Note.Text);
        await grain.ClearAsync();
        Assert.False(cluster.Durable.Contains("durable-note", grain.GetGrainId()));
    }

    [Fact]
    public void StorageIsResolvable_AsKeyedService()
    {
        Assert.Same(cluster.Durable, cluster.Services(0).GetRequiredKeyedService<IGrainStorage>(ProbedCluster.DurableStorage));
        Assert.NotNull(cluster.Services(1).GetRequiredKeyedService<IGrainStorage>("Default"));
    }
}
