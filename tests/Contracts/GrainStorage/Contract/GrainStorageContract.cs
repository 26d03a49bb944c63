using Orleans.Storage;
using Xunit;

namespace Ingestion.Tests.Contracts.GrainStorage.Contract;

/// <summary>What grains rely on, wherever their state is kept. A storage joins by a class that opens it.</summary>
public abstract partial class GrainStorageContract : IAsyncLifetime
{
    private const string State = "note";

    private static readonly GrainId _grain = GrainId.Create("note", "ann");

    private IGrainStorage _storage = null!;

    public async Task InitializeAsync() => _storage = await OpenAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Another storage object over what this test's storage keeps, as a silo has after a restart.</summary>
    protected abstract Task<IGrainStorage> OpenAsync();

    /// <summary>How many states are stored.</summary>
    protected abstract Task<int> CountAsync();

    private Task<GrainState<Note>> WriteAsync(string text) => WriteAsync(_grain, text);

    private async Task<GrainState<Note>> WriteAsync(GrainId grain, string text, string state = State)
    {
        var note = new GrainState<Note>(new Note { Text = text, Revision = 1 });
        await _storage.WriteStateAsync(state, grain, note);
        return note;
    }

    private Task<GrainState<Note>> ReadAsync() => ReadAsync(_storage, _grain);

    private static async Task<GrainState<Note>> ReadAsync(IGrainStorage storage, GrainId grain, string state = State)
    {
        var note = new GrainState<Note>();
        await storage.ReadStateAsync(state, grain, note);
        return note;
    }
}
