using Ingestion.Grains.Storage;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Storage;

/// <summary>Random histories against a list: what the log is to its users, without segments, writes and faults.</summary>
public class HistoryTests
{
    [Fact]
    public Task Log_ActsLikeAList_WhenManyAppendAndClearAtOnce() => Histories.CheckAsync(300, random => Turns.RunAsync(async () =>
    {
        int? kept = random.Next(2) == 0 ? null : random.Next(1, 4);
        var fixture = new LogFixture(kept);
        var log = await fixture.OpenAsync();
        var model = new List<string?>();
        for (var step = 0; step < 20; step++)
        {
            if (random.Next(5) == 0)
                log = await fixture.OpenAsync();
            await Task.WhenAll(Enumerable.Range(0, random.Next(6)).Select(_ => ChangeAsync(log, model, random)).ToArray());
            await CompareAsync(log, model, kept, random);
        }

        Assert.Equal(Enumerable.Range(1, model.Count).Select(i => (long)i), fixture.Committed.Select(item => item.Offset));
    }));

    [Fact]
    public Task Log_KeepsAPrefixOfEachFailedAppend_WhenTheStorageFailsAtRandom() => Histories.CheckAsync(300, random => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenAsync();
        var model = new List<string>();
        for (var step = 0; step < 30; step++)
        {
            string[] words = [.. Enumerable.Range(0, random.Next(1, 8)).Select(i => $"{step}.{i}")];
            var failing = random.Next(3) == 0;
            if (failing)
                fixture.Storage.FailOnce(CallNumber(random.Next(1, 5)), new IOException("Fault."), afterEffect: random.Next(2) == 0);
            try
            {
                Assert.Equal(model.Count + 1, await log.AppendAsync(words));
                model.AddRange(words);
            }
            catch (IOException) when (failing)
            {
                fixture.Storage.Before = fixture.Storage.After = _ => Task.CompletedTask;
                await log.LoadAsync();
                Assert.InRange(log.End, model.Count, model.Count + words.Length);
                model.AddRange(words.Take((int)log.End - model.Count));
            }

            fixture.Storage.Before = fixture.Storage.After = _ => Task.CompletedTask;
            Assert.Equal(model.Select((word, i) => new LogItem<string>(i + 1, word)), await log.ReadForwardsAsync(0));
        }
    }));

    private static Func<StorageCall, bool> CallNumber(int number) => _ => --number == 0;

    /// <summary>The model changes when the call is made: that is the order in which the log promises to act.</summary>
    private static Task ChangeAsync(SegmentedLog<string> log, List<string?> model, Random random)
    {
        if (model.Count > 0 && log.End > 0 && random.Next(4) == 0)
        {
            var cleared = random.NextInt64(log.Begin, log.End + 1);
            model[(int)cleared - 1] = null;
            return log.ClearAsync(cleared);
        }

        var first = model.Count + 1;
        string[] words = [.. Enumerable.Range(first, random.Next(1, 10)).Select(i => LogFixture.Word(i))];
        model.AddRange(words);
        return AppendAsync();

        async Task AppendAsync() => Assert.Equal(first, await log.AppendAsync(words));
    }

    private static async Task CompareAsync(SegmentedLog<string> log, List<string?> model, int? kept, Random random)
    {
        var newest = model.Count == 0 ? 0 : (model.Count - 1) / LogFixture.Capacity;
        var begin = (Math.Max(0, newest + 1 - (kept ?? int.MaxValue)) * LogFixture.Capacity) + 1;
        Assert.Equal((begin, model.Count), (log.Begin, log.End));
        var items = model
            .Select((word, i) => (Offset: i + 1L, Word: word))
            .Where(place => place.Word is not null && place.Offset >= begin)
            .Select(place => new LogItem<string>(place.Offset, place.Word!))
            .ToArray();

        var after = random.NextInt64(-2, model.Count + 3);
        Assert.Equal(items.Where(item => item.Offset > after), await log.ReadForwardsAsync(after));
        var (before, limit) = (random.NextInt64(-2, model.Count + 3), random.Next(1, 12));
        Assert.Equal(items.Where(item => item.Offset < before).Reverse().Take(limit), await log.ReadBackwardsAsync(before, limit));
    }
}
