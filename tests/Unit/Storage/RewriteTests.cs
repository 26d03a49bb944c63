using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Storage;

/// <summary>Items of a log are replaced where they stand.</summary>
public class RewriteTests
{
    [Theory]
    [InlineData(3)] // In the newest segment, which is in memory too.
    [InlineData(9)] // In an older one.
    public Task ItemIsReplacedAtItsPlace_WhenItChanges(int count) => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(count);
        await log.RewriteAsync(Shout("2"));
        foreach (var opened in new[] { log, await fixture.OpenAsync() })
        {
            var items = await opened.ReadForwardsAsync(0);
            Assert.Equal(Enumerable.Range(1, count).Select(i => i == 2 ? "2!" : LogFixture.Word(i)), items.Select(item => item.Item));
            Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i), items.Select(item => item.Offset));
            Assert.Equal(count, opened.End);
        }

        Assert.Equal(count + 1, await log.AppendAsync(["next"]));
        Assert.Equal("2!", (await log.ReadForwardsAsync(1, 1)).Single().Item);
        // A rewrite notifies nobody: each append did once.
        Assert.Equal(count + 1, fixture.Committed.Count);
    });

    [Fact]
    public Task OnlySegmentsThatChangeAreWritten_AndOnePassIsForAllThatWait() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(20);
        fixture.Storage.Calls.Clear();
        await Task.WhenAll(log.RewriteAsync(Shout("nothing")), log.RewriteAsync(Shout("2")), log.RewriteAsync(Shout("3")), log.RewriteAsync(Shout("20")));
        Assert.Equal(2, fixture.Storage.Writes.Count());
        // The first one finds no one to share with.
        Assert.InRange(fixture.Storage.Calls.Count(call => call.Op is StorageOp.Read), 1, 2 * 5);
        Assert.Equal(["2!", "3!", "20!"], (await log.ReadForwardsAsync(0)).Select(item => item.Item).Where(item => item.EndsWith('!')));
        fixture.Storage.Calls.Clear();
        await log.RewriteAsync(Shout("2"));
        Assert.Empty(fixture.Storage.Writes);
    });

    [Fact]
    public Task RewriteMayBeRepeated_WhenAWriteFailedInTheMiddle() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(10);
        var writes = 0;
        fixture.Storage.Before = call => call.Op is StorageOp.Write && ++writes == 2 ? throw new IOException("The disk is full.") : Task.CompletedTask;
        await Assert.ThrowsAsync<IOException>(() => log.RewriteAsync(Shout("2", "6", "10")));
        fixture.Storage.Before = _ => Task.CompletedTask;
        await log.RewriteAsync(Shout("2", "6", "10"));
        Assert.Equal(["1", "2!", "3", "4", "5", "6!", "7", "8", "9", "10!"], (await log.ReadForwardsAsync(0)).Select(item => item.Item));
        Assert.Equal(10, log.End);
    });

    [Fact]
    public Task ItemsThatOnlyAReaderHoldsBackChangeToo() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptSegments: 2, heldSegments: 10);
        var log = await fixture.OpenAsync();
        log.KeepFrom = 1;
        for (var i = 1; i <= 20; i++)
            await fixture.AppendAsync(log, i);
        await log.RewriteAsync(Shout("1", "20"));
        Assert.Equal(["1!", "20!"], (await log.ReadHeldAsync(0, 100)).Select(item => item.Item).Where(item => item.EndsWith('!')));
    });

    [Fact]
    public Task NothingHappens_WhenThereIsNoLogAndWhereAPlaceWasCleared() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenAsync();
        await log.RewriteAsync(Shout("1"));
        Assert.Empty(fixture.Storage.Records);
        await fixture.AppendAsync(log, 1);
        await fixture.AppendAsync(log, 2);
        await log.ClearAsync(1);
        await log.RewriteAsync(Shout("1", "2"));
        Assert.Equal(["2!"], (await log.ReadForwardsAsync(0)).Select(item => item.Item));
    });

    private static Func<string, string> Shout(params string[] words) => word => words.Contains(word) ? word + "!" : word;
}
