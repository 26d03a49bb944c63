using Orleans.Storage;
using Xunit;

namespace Ingestion.Tests.Contracts.GrainStorage.Contract;

public abstract partial class GrainStorageContract
{
    private const int Rounds = 20;
    private const int Writers = 8;

    [ContractFact]
    public async Task Write_IsRefused_WhenTheETagIsOld()
    {
        var mine = await WriteAsync("1");
        var (other, tag) = (await ReadAsync(), mine.ETag);
        other.State = new Note { Text = "theirs" };
        await _storage.WriteStateAsync(State, _grain, other);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync(State, _grain, mine));
        Assert.Equal(tag, mine.ETag);
        var stored = await ReadAsync();
        Assert.Equal((other.ETag, "theirs"), (stored.ETag, stored.State!.Text));
    }

    [ContractFact]
    public async Task Write_IsRefused_WhenTheRecordCameOrWentMeanwhile()
    {
        var known = await WriteAsync("1");
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync("unaware"));
        await _storage.ClearStateAsync(State, _grain, await ReadAsync());
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync(State, _grain, known));
        Assert.Equal(0, await CountAsync());
    }

    [ContractFact]
    public async Task Clear_IsRefused_WhenTheETagIsOldOrNone()
    {
        var mine = await WriteAsync("1");
        await _storage.WriteStateAsync(State, _grain, await ReadAsync());

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync(State, _grain, mine));
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync(State, _grain, new GrainState<Note>(new Note())));
        Assert.Equal("1", (await ReadAsync()).State!.Text);
    }

    /// <summary>Two rows of one state would lock its user out (O5).</summary>
    [ContractFact]
    public async Task OneFirstWriteWins_WhenManyRace()
    {
        var storages = await OpenManyAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var grain = GrainId.Create("note", $"race-{round}");
            await OneWinsAsync(storages, grain, tag: null);
        }

        Assert.Equal(Rounds, await CountAsync());
    }

    [ContractFact]
    public async Task OneWriteWins_WhenManyKnowTheSameETag()
    {
        var storages = await OpenManyAsync();
        var tag = (await WriteAsync("start")).ETag;
        for (var round = 0; round < Rounds; round++)
            tag = await OneWinsAsync(storages, _grain, tag);
        Assert.Equal(1, await CountAsync());
    }

    /// <summary>Each writer with a storage of its own, as silos have.</summary>
    private Task<IGrainStorage[]> OpenManyAsync() => Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => OpenAsync()));

    private static async Task<string?> OneWinsAsync(IGrainStorage[] storages, GrainId grain, string? tag)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = storages.Select((_, i) => new GrainState<Note>(new Note { Text = $"writer {i}" }, tag) { RecordExists = tag is not null }).ToArray();
        var writing = storages.Zip(writers, async (storage, writer) =>
        {
            await start.Task;
            return await Record.ExceptionAsync(() => storage.WriteStateAsync(State, grain, writer));
        }).ToArray();
        start.SetResult();
        var outcomes = await Task.WhenAll(writing);

        var winner = Assert.Single(writers.Zip(outcomes), pair => pair.Second is null).First;
        Assert.All(outcomes.Where(outcome => outcome is not null), outcome => Assert.IsType<InconsistentStateException>(outcome));
        var stored = await ReadAsync(storages[0], grain);
        Assert.Equal((winner.ETag, winner.State), (stored.ETag, stored.State));
        return stored.ETag;
    }
}
