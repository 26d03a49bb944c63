using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Providers;
using Xunit;

namespace Ingestion.Tests.Conformance.Storage;

/// <summary>State that a grain has by its base class.</summary>
[Collection(SharedCluster.Name)]
public sealed class ClassStateTests(SharedCluster cluster)
{
    [Fact]
    public async Task StateIsKeptReadBackAndCleared_InTheStorageTheClassNames()
    {
        var grain = cluster.Client.GetGrain<IClassNoteGrain>(Keys.New());
        Assert.Equal(new Note("", 0), await grain.GetAsync());

        await grain.WriteAsync(new Note("kept", 1));
        Assert.Equal(new Note("kept", 1), await grain.ScribbleAndReadAsync());
        await grain.LeaveAsync();
        Assert.Equal(new Note("kept", 1), await grain.GetAsync());

        await grain.ClearAsync();
        Assert.Equal(new Note("", 0), await grain.GetAsync());
        Assert.True(cluster.Durable.HasSeen(grain.GetGrainId()));
    }
}

public interface IClassNoteGrain : IGrainWithStringKey
{
    Task<Note> GetAsync();

    Task WriteAsync(Note note);

    /// <summary>Changes the state in memory only, then reads it again.</summary>
    Task<Note> ScribbleAndReadAsync();

    Task ClearAsync();

    Task LeaveAsync();
}

[StorageProvider(ProviderName = ProbedCluster.DurableStorage)]
internal sealed class ClassNoteGrain : Grain<Note>, IClassNoteGrain
{
    public Task<Note> GetAsync() => Task.FromResult(State);

    public Task WriteAsync(Note note)
    {
        State = note;
        return WriteStateAsync();
    }

    public async Task<Note> ScribbleAndReadAsync()
    {
        State = State with { Text = "scribbled" };
        await ReadStateAsync();
        return State;
    }

    public Task ClearAsync() => ClearStateAsync();

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
