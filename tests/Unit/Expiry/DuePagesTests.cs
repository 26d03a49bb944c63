using Ingestion.Grains.Expiry;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Expiry;

public class DuePagesTests
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);
    private static readonly IOException _full = new("The disk is full.");

    private readonly MemoryStorage _storage = new();
    private DateTimeOffset _now = ManualTime.Start;

    [Fact]
    public Task Upload_ComesWhenItIsDueAndLittleLater_WhenListed() => Turns.RunAsync(async () =>
    {
        var pages = Open();
        await pages.AddAsync("a", _now + _day, _now);
        _now += _day;
        Assert.Null(await pages.NextAsync(_now));
        _now += _day / 16;
        Assert.Equal(["a"], await TakeAsync(pages));
        Assert.Empty(await TakeAsync(pages));
        Assert.Equal(["index"], _storage.Records);
    });

    [Fact]
    public Task EarlierOnes_ComeFirst_WhenListedLater() => Turns.RunAsync(async () =>
    {
        var pages = Open();
        await pages.AddAsync("tomorrow", _now + _day, _now);
        await pages.AddAsync("soon", _now + TimeSpan.FromSeconds(2), _now);
        await pages.AddAsync("past", _now - _day, _now);
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(["past"], await TakeAsync(pages));
        _now += TimeSpan.FromSeconds(2);
        Assert.Equal(["soon"], await TakeAsync(pages));
        _now += 2 * _day;
        Assert.Equal(["tomorrow"], await TakeAsync(pages));
    });

    [Fact]
    public Task Writes_AreFewAndPagesSmall_WhenAThousandBeginAtOnce() => Turns.RunAsync(async () =>
    {
        var pages = Open();
        string[] ids = [.. Enumerable.Range(0, 1000).Select(i => $"{i}")];
        await Task.WhenAll(ids.Select(id => pages.AddAsync(id, _now + _day, _now)));
        // Each page begins with its first upload alone, then comes the rest; and each costs a write of the list.
        Assert.InRange(_storage.Writes.Count(), 1000 / DueRules.PageCapacity, 50);
        _now += 2 * _day;
        Assert.True((await pages.NextAsync(_now))!.Ids.Count <= DueRules.PageCapacity);
        Assert.Equal(ids, (await TakeAsync(pages)).Order(new ByNumber()));
    });

    [Fact]
    public Task IdsAreGoneFromEveryPage_WhenTheyAreRemovedBeforeTheirTime() => Turns.RunAsync(async () =>
    {
        var pages = Open();
        string[] ids = [.. Enumerable.Range(0, 150).Select(i => $"{i}")];
        foreach (var id in ids)
            await pages.AddAsync(id, _now + _day, _now);
        await pages.AddAsync("soon", _now + TimeSpan.FromSeconds(2), _now);
        var again = Open();
        Assert.Equal(ids.Append("soon").Order(StringComparer.Ordinal), (await again.ListAsync()).Order(StringComparer.Ordinal));
        var removed = ids.Where((_, i) => i % 3 == 0).ToHashSet();

        // An addition to the newest page comes in the middle.
        var removal = again.RemoveAsync(removed);
        await again.AddAsync("late", _now + _day, _now);
        await removal;

        string[] left = [.. ids.Except(removed), "late", "soon"];
        Assert.Equal(left.Order(StringComparer.Ordinal), (await Open().ListAsync()).Order(StringComparer.Ordinal));
        _now += 2 * _day;
        Assert.Equal(left.Order(StringComparer.Ordinal), (await TakeAsync(again)).Order(StringComparer.Ordinal));
    });

    [Fact]
    public Task Addition_CostsOneWrite_WhenItsPageIsOpen() => Turns.RunAsync(async () =>
    {
        var pages = Open();
        await pages.AddAsync("a", _now + _day, _now);
        _storage.Calls.Clear();
        await pages.AddAsync("b", _now + _day, _now);
        Assert.Equal(StorageOp.Write, Assert.Single(_storage.Calls).Op);
    });

    [Fact]
    public Task Start_ReadsOneSmallRecord_WhenManyUploadsAreListed() => Turns.RunAsync(async () =>
    {
        var pages = Open();
        foreach (var hour in Enumerable.Range(0, 24))
            await Task.WhenAll(Enumerable.Range(0, 400)
                .Select(i => pages.AddAsync($"{hour}-{i}", _now + _day + TimeSpan.FromHours(hour), _now + TimeSpan.FromHours(hour))));
        Assert.InRange(_storage.Records.Count(), 9600 / DueRules.PageCapacity, 300);
        var again = Open();
        _storage.Calls.Clear();
        await again.LoadAsync();
        Assert.Equal([new StorageCall(StorageOp.Read, "index")], _storage.Calls);
        Assert.InRange(_storage.JsonOf("index").Length, 1, 1500);
        await again.AddAsync("one more", _now + _day, _now);
        Assert.InRange(_storage.Calls.Count, 1, 4);
    });

    [Fact]
    public Task ListedUploads_AreThere_WhenTheActivationIsAnotherOne() => Turns.RunAsync(async () =>
    {
        await Open().AddAsync("a", _now + _day, _now);
        await Open().AddAsync("b", _now + _day, _now);
        // A page continues where the last activation left it.
        Assert.Equal(2, _storage.Records.Count());
        _now += 2 * _day;
        Assert.Equal(["a", "b"], await TakeAsync(Open()));
    });

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, true, true)]
    public Task Page_IsRepeatedOrEmpty_WhenItsRemovalBreaks(bool atThePage, bool afterEffect, bool restart) => Turns.RunAsync(async () =>
    {
        var op = atThePage ? StorageOp.Clear : StorageOp.Write;
        var pages = Open();
        await pages.AddAsync("a", _now + _day, _now);
        _now += 2 * _day;
        var page = await pages.NextAsync(_now);
        _storage.FailOnce(call => call.Op == op, _full, afterEffect);
        await Assert.ThrowsAsync<IOException>(() => pages.RemoveAsync(page!));
        _storage.Before = _storage.After = _ => Task.CompletedTask;

        string[] expected = atThePage && !afterEffect ? ["a"] : [];
        Assert.Equal(expected, await TakeAsync(restart ? Open() : pages));
        Assert.Equal(["index"], _storage.Records);
    });

    [Fact]
    public Task Bucket_Waits_WhenAnUploadIsStillBeingListedInIt() => Turns.RunAsync(async () =>
    {
        var pages = Open();
        var barrier = new Gate();
        _storage.Before = call => call.Op is StorageOp.Write && call.StateName != "index" ? barrier.PassAsync() : Task.CompletedTask;
        var adding = pages.AddAsync("a", _now, _now);
        await barrier.Reached;
        _now += _day;
        Assert.Null(await pages.NextAsync(_now));
        barrier.Open();
        await adding;
        Assert.Equal(["a"], await TakeAsync(pages));
    });

    [Fact]
    public Task Upload_IsListedBehindWhatIsWorkedOff_WhenTheClockIsSetBack() => Turns.RunAsync(async () =>
    {
        var pages = Open();
        await pages.AddAsync("a", _now, _now);
        var page = await pages.NextAsync(_now + TimeSpan.FromSeconds(1));
        await pages.AddAsync("b", _now, _now);
        await pages.RemoveAsync(page!);
        _now += TimeSpan.FromSeconds(2);
        Assert.Equal(["b"], await TakeAsync(pages));
    });

    [Fact]
    public Task NothingListed_IsLostOrComesEarly_WhenWritesFailAndActivationsEnd() => Histories.CheckAsync(100, random => Turns.RunAsync(async () =>
    {
        var (storage, now) = (new MemoryStorage(), ManualTime.Start);
        var pages = new DuePages(storage, GrainId.Create("index", "0"), "");
        var listed = new Dictionary<string, DateTimeOffset>();
        var mayCome = new HashSet<string>();
        for (var step = 0; step < 25; step++)
        {
            now += TimeSpan.FromMinutes(random.Next(200));
            if (random.Next(6) == 0)
                pages = new DuePages(storage, GrainId.Create("index", "0"), "");
            if (random.Next(3) == 0)
                storage.FailOnce(CallNumber(random.Next(1, 6)), _full, afterEffect: random.Next(2) == 0);
            await Task.WhenAll(Enumerable.Range(0, random.Next(100)).Select(i => ListAsync($"{step}-{i}", now + TimeSpan.FromMinutes(random.Next(1, 2000)))));
            if (random.Next(2) == 0)
                await SweepAsync();
        }

        storage.Before = storage.After = _ => Task.CompletedTask;
        now += TimeSpan.FromDays(3);
        await SweepAsync();
        Assert.Empty(listed);
        Assert.Equal(["index"], storage.Records);

        async Task ListAsync(string id, DateTimeOffset due)
        {
            mayCome.Add(id);
            try
            {
                await pages.AddAsync(id, due, now);
                listed[id] = due;
            }
            catch (IOException)
            {
                // Not listed, or the answer is lost: both are an upload that was never begun.
            }
        }

        async Task SweepAsync()
        {
            try
            {
                while (await pages.NextAsync(now) is { } page)
                {
                    foreach (var id in page.Ids)
                    {
                        Assert.Contains(id, mayCome);
                        Assert.True(!listed.Remove(id, out var due) || due <= now, "it comes early");
                    }

                    await pages.RemoveAsync(page);
                }

                Assert.DoesNotContain(listed.Values, due => due + TimeSpan.FromMinutes(2000 / 16) + TimeSpan.FromSeconds(2) < now);
            }
            catch (IOException)
            {
                // The next sweep takes it up; an upload may come twice.
            }
        }
    }));

    private static Func<StorageCall, bool> CallNumber(int number) => _ => --number == 0;

    private DuePages Open() => new(_storage, GrainId.Create("index", "0"), "");

    private async Task<List<string>> TakeAsync(DuePages pages)
    {
        var taken = new List<string>();
        while (await pages.NextAsync(_now) is { } page)
        {
            taken.AddRange(page.Ids);
            await pages.RemoveAsync(page);
        }

        return taken;
    }

    private sealed class ByNumber : IComparer<string>
    {
        public int Compare(string? x, string? y) => int.Parse(x!, null).CompareTo(int.Parse(y!, null));
    }
}
