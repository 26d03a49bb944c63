using Xunit;

namespace Ingestion.Tests.Contracts.GrainStorage.Contract;

public abstract partial class GrainStorageContract
{
    private const int ManyGrains = 100;

    // A user id may be whatever a token's subject holds. Some look like numbers and GUIDs, and some like each other.
    private static readonly string[] _keys =
    [
        "a", "A", "ann@example.org", "Ann@example.org", "../../etc/passwd", "..", ".", "/", "//", "/etc/passwd", "a/b", "a\\b", "..\\..\\x", "a ", " a",
        "~", "~a", "con", "nul.txt", "a:b", "a*", "a?", "a\0b", "a\n", "ä", "a\u0308", "Ä", "ß", "ss", "日本語", "🎬", "\u202Eabc", "%2e%2e", "%2F", "-", "_",
        "'", "''", "\"", "'; drop table OrleansStorage; --", "$1", "@GrainIdN0", "a+b", "note/a", "ann",
        "7", "07", "007", "cafe", "CAFE", "0cafe", "+7", "0+7", "00+7", "ffffffffffffffff",
        "3f2504e04f8911d39a0c0305e82c3301", "3F2504E04F8911D39A0C0305E82C3301", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2504e04f8911d39a0c0305e82c3301+x",
        new('a', 80), new('a', 81), new('a', 300), new('a', 301), new('a', 5000), new('日', 300), new('日', 301),
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", "~ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    ];

    [ContractFact]
    public async Task EveryKey_HasAStateOfItsOwn_WhateverItHolds()
    {
        foreach (var key in _keys)
            await WriteAsync(GrainId.Create("note", key), key);
        var again = await OpenAsync();
        foreach (var key in _keys)
            Assert.Equal((true, key), (await ReadAsync(again, GrainId.Create("note", key)) is { } read ? (read.RecordExists, read.State!.Text) : default));
        Assert.Equal(_keys.Length, await CountAsync());

        foreach (var key in _keys)
            await _storage.ClearStateAsync(State, GrainId.Create("note", key), await ReadAsync(_storage, GrainId.Create("note", key)));
        Assert.Equal(0, await CountAsync());
    }

    [ContractFact]
    public async Task StatesAndTypes_StayApart_WhenTheirGrainsHaveTheSameKey()
    {
        var other = GrainId.Create("other", "ann");
        var note = await WriteAsync(_grain, "note");
        await WriteAsync(_grain, "second state", "second");
        await WriteAsync(other, "other type");
        Assert.Equal(3, await CountAsync());

        await _storage.ClearStateAsync(State, _grain, note);
        Assert.Equal("second state", (await ReadAsync(_storage, _grain, "second")).State!.Text);
        Assert.Equal("other type", (await ReadAsync(_storage, other)).State!.Text);
        Assert.False((await ReadAsync()).RecordExists);
    }

    [ContractFact]
    public async Task EveryWriteIsKept_WhenManyGrainsWriteAtOnce()
    {
        var grains = Enumerable.Range(0, ManyGrains).Select(i => GrainId.Create("note", $"grain-{i}")).ToArray();
        await Task.WhenAll(grains.Select(async grain =>
        {
            var state = new GrainState<Note>(new Note());
            for (var revision = 1; revision <= 5; revision++)
            {
                state.State = new Note { Text = grain.ToString(), Revision = revision };
                await _storage.WriteStateAsync(State, grain, state);
            }
        }));

        Assert.Equal(ManyGrains, await CountAsync());
        foreach (var grain in grains)
            Assert.Equal(new Note { Text = grain.ToString(), Revision = 5 }, (await ReadAsync(_storage, grain)).State);
    }
}
