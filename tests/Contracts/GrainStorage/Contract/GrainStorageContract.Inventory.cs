using Ingestion.Backends.GrainStorage.Inventory;
using Orleans.Storage;
using Xunit;

namespace Ingestion.Tests.Contracts.GrainStorage.Contract;

/// <summary>The same states as a check sees them, which is no silo.</summary>
public abstract partial class GrainStorageContract
{
    private static readonly string[] _anyKeys = ["ann", "CAFE", "00cafe", "a/b", "~a", "zoë ☃", ".hidden", new('x', 100), new('y', 400)];

    protected abstract IStateInventory OpenInventory();

    [ContractFact]
    public async Task Inventory_HasEveryStateOfTheTypeOnce_WhateverTheKey()
    {
        foreach (var key in _anyKeys)
        {
            await WriteAsync(GrainId.Create("note", key), key);
            await WriteAsync(GrainId.Create("note", key), $"other {key}", "other");
            await WriteAsync(GrainId.Create("notebook", key), "of another type");
        }

        await using var inventory = OpenInventory();
        var listed = new List<StoredState>();
        await foreach (var page in inventory.ListAsync("note", CancellationToken.None))
            listed.AddRange(page);
        Assert.Equal(
            _anyKeys.SelectMany(key => new[] { key, $"other {key}" }).Order(StringComparer.Ordinal),
            listed.Select(state => state.TryRead<Note>(out var note) ? note.Text : "").Order(StringComparer.Ordinal));

        var named = new List<StoredState>();
        await foreach (var page in inventory.ListAsync("note", "other", CancellationToken.None))
            named.AddRange(page);
        Assert.Equal(listed.Where(state => state.Name.Name == "other").Select(state => state.Name), named.Select(state => state.Name));

        var names = _anyKeys.Select(key => new StateName(inventory.KeyOf("note", key), State)).ToArray();
        var found = await inventory.FindAsync("note", [.. names, new StateName("nobody", State)], CancellationToken.None);
        Assert.Equal(_anyKeys, names.Select(name => found[name].TryRead<Note>(out var note) ? note.Text : ""));
        Assert.Equal(_anyKeys.Length, found.Count);
    }

    /// <summary>A page may end anywhere: none is left out or comes twice.</summary>
    [ContractFact]
    public async Task Inventory_GoesOnBehindEachState()
    {
        foreach (var key in _anyKeys)
        {
            await WriteAsync(GrainId.Create("note", key), key);
            await WriteAsync(GrainId.Create("note", key), $"other {key}", "other");
        }

        await using var inventory = OpenInventory();
        var all = (await inventory.ReadAsync("note", StateName.First, CancellationToken.None)).States.Select(state => state.Name).ToArray();
        Assert.Equal(2 * _anyKeys.Length, all.Length);
        for (var i = 0; i < all.Length; i++)
        {
            var behind = await inventory.ReadAsync("note", all[i], CancellationToken.None);
            Assert.Equal(all[(i + 1)..], behind.States.Select(state => state.Name));
        }
    }

    [ContractFact]
    public async Task Inventory_ReadsAndWritesAsSilosDo()
    {
        var silos = await WriteAsync("by a silo");
        await using var inventory = OpenInventory();
        var repair = await ReadAsync(inventory.Storage, _grain);
        Assert.Equal(("by a silo", silos.ETag), (repair.State!.Text, repair.ETag));
        repair.State = new Note { Text = "by a repair" };
        await inventory.Storage.WriteStateAsync(State, _grain, repair);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync(State, _grain, silos));
        silos = await ReadAsync();
        Assert.Equal(("by a repair", repair.ETag), (silos.State!.Text, silos.ETag));
        await _storage.WriteStateAsync(State, _grain, silos);
        await Assert.ThrowsAsync<InconsistentStateException>(() => inventory.Storage.WriteStateAsync(State, _grain, repair));

        var first = new GrainState<Note>(new Note { Text = "first" });
        await inventory.Storage.WriteStateAsync("new", _grain, first);
        await Assert.ThrowsAsync<InconsistentStateException>(() => inventory.Storage.WriteStateAsync("new", _grain, new GrainState<Note>(new Note())));
        Assert.Equal(("first", first.ETag), (await ReadAsync(_storage, _grain, "new")) is var read ? (read.State!.Text, read.ETag) : default);
    }
}
