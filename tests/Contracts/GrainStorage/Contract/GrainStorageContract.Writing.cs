using Xunit;

namespace Ingestion.Tests.Contracts.GrainStorage.Contract;

public abstract partial class GrainStorageContract
{
    private const int LargeState = 1_000_000;

    [ContractFact]
    public async Task Read_GivesAFreshState_WhenNothingIsStored()
    {
        var state = new GrainState<Note>(new Note { Text = "old" }, "7") { RecordExists = true };
        await _storage.ReadStateAsync(State, _grain, state);
        Assert.Equal((false, null, new Note()), (state.RecordExists, state.ETag, state.State));
        Assert.Equal(0, await CountAsync());
    }

    [ContractFact]
    public async Task Read_GivesWhatWasWritten_WhenTheStorageIsOpenedAgain()
    {
        var written = await WriteAsync("häßlich \"\n\0 🎬 \u2028 '; drop table");
        var read = await ReadAsync(await OpenAsync(), _grain);
        Assert.Equal((true, written.ETag, written.State), (read.RecordExists, read.ETag, read.State));
        Assert.True(written.RecordExists);
    }

    [ContractFact]
    public async Task ETag_ChangesWithEachWrite_WhenWrittenAgain()
    {
        var state = new GrainState<Note>(new Note());
        var tags = new List<string?>();
        for (var i = 0; i < 12; i++)
        {
            await _storage.WriteStateAsync(State, _grain, state);
            tags.Add(state.ETag);
        }

        Assert.Equal(tags.Distinct(), tags);
        Assert.Equal(tags[^1], (await ReadAsync()).ETag);
        Assert.Equal(1, await CountAsync());
    }

    [ContractFact]
    public async Task State_IsKeptWhole_WhenItIsLarge()
    {
        var random = new Random(7);
        var text = string.Create(LargeState, random, static (chars, random) =>
        {
            for (var i = 0; i < chars.Length; i++)
                chars[i] = (char)random.Next(' ', 0x2000);
        });
        var written = await WriteAsync(text);
        Assert.Equal(text, (await ReadAsync()).State!.Text);
        await _storage.WriteStateAsync(State, _grain, written);
        Assert.Equal(text, (await ReadAsync()).State!.Text);
    }

    [ContractFact]
    public async Task UnknownMembers_AreIgnored_WhenANewerBuildWroteThem()
    {
        var newer = new GrainState<NewerNote>(new NewerNote { Text = "new", Revision = 4, History = [new Note { Text = "old" }], Author = "ann" });
        await _storage.WriteStateAsync(State, _grain, newer);
        var read = await ReadAsync();
        Assert.Equal(new Note { Text = "new", Revision = 4 }, read.State);

        await _storage.WriteStateAsync(State, _grain, read);
        await _storage.ReadStateAsync(State, _grain, newer);
        Assert.Equal(("new", null, 0), (newer.State!.Text, newer.State.Author, newer.State.History.Count));
    }

    [ContractFact]
    public async Task Clear_RemovesTheRecord_WhenThereIsOne()
    {
        var state = await WriteAsync("secret");
        await _storage.ClearStateAsync(State, _grain, state);
        Assert.Equal((false, null, new Note()), (state.RecordExists, state.ETag, state.State));
        Assert.Equal(0, await CountAsync());
        Assert.False((await ReadAsync()).RecordExists);

        state.State = new Note { Text = "again" };
        await _storage.WriteStateAsync(State, _grain, state);
        Assert.Equal("again", (await ReadAsync()).State!.Text);
    }

    [ContractFact]
    public async Task Clear_Succeeds_WhenNothingIsStored()
    {
        var state = new GrainState<Note>(new Note { Text = "never written" });
        await _storage.ClearStateAsync(State, _grain, state);
        Assert.Equal((false, null, new Note()), (state.RecordExists, state.ETag, state.State));

        // The answer to the first clear was lost.
        await WriteAsync("written");
        var (mine, again) = (await ReadAsync(), await ReadAsync());
        await _storage.ClearStateAsync(State, _grain, mine);
        await _storage.ClearStateAsync(State, _grain, again);
        Assert.Equal((false, null), (again.RecordExists, again.ETag));
    }

    [ContractFact]
    public async Task Call_ChangesNothing_WhenItIsCancelledBefore()
    {
        var cancelled = new CancellationToken(canceled: true);
        var first = new GrainState<Note>(new Note { Text = "cancelled" });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _storage.WriteStateAsync(State, _grain, first, cancelled));
        Assert.Equal((false, null), (first.RecordExists, first.ETag));
        Assert.Equal(0, await CountAsync());

        var stored = await WriteAsync("stored");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _storage.ClearStateAsync(State, _grain, stored, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _storage.ReadStateAsync(State, _grain, new GrainState<Note>(), cancelled));
        Assert.Equal("stored", (await ReadAsync()).State!.Text);
        await _storage.ClearStateAsync(State, _grain, stored);
    }
}
