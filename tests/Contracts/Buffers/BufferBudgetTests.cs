using Ingestion.Backends.Buffers;
using Xunit;

namespace Ingestion.Tests.Contracts.Buffers;

public sealed class BufferBudgetTests : IDisposable
{
    private const long Mebibyte = 1 << 20;

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly BufferBudget _budget;
    private int _demoted;

    public BufferBudgetTests() => _budget = new BufferBudget(8 * Mebibyte, new StagingFolder(_folder.Path), _time);

    public void Dispose()
    {
        _budget.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Room_IsTakenInWholeParts_AndMemoryOnlyAsItIsUsed()
    {
        var part = await GrantedAsync(3 * Mebibyte);
        Assert.Equal((3 * Mebibyte, 0), (_budget.ReservedBytes, _budget.UsedBytes));
        var blocks = Enumerable.Range(0, 12).Select(_ => part.TryRent()!).ToList();
        Assert.Null(part.TryRent());
        Assert.Equal(3 * Mebibyte, _budget.UsedBytes);
        part.Return(blocks[0]);
        Assert.Equal((3 * Mebibyte) - BufferBudget.BlockSize, _budget.ReservedBytes);
        blocks[1..].ForEach(part.Return);
        part.Dispose();
        Assert.Equal((0, 0), (_budget.ReservedBytes, _budget.UsedBytes));
        Assert.Equal(0, _budget.Owners);
    }

    [Fact]
    public async Task Parts_WaitInOrder_WhenThereIsNoRoom()
    {
        var first = await GrantedAsync(6 * Mebibyte);
        var (large, small) = (Reserve(4 * Mebibyte), Reserve(Mebibyte));
        // It would fit, but it came later.
        Assert.Equal((false, false, 2), (large.IsCompleted, small.IsCompleted, _budget.Waiting));
        first.Dispose();
        Assert.NotNull(await large);
        Assert.NotNull(await small);
        Assert.Equal(5 * Mebibyte, _budget.ReservedBytes);
    }

    [Fact]
    public async Task OnePartHasRoom_WhenSmallBuffersTakeAll()
    {
        _budget.LeastLimitBytes = 2 * Mebibyte;
        var small = Enumerable.Range(0, (int)(9 * Mebibyte / BufferBudget.SmallSize)).Select(_ => _budget.RentSmall()).ToList();
        var first = await GrantedAsync(2 * Mebibyte);
        var second = Reserve(Mebibyte);
        Assert.False(second.IsCompleted);
        Assert.Null(_budget.TryReserveBlock(spare: false));
        first.Dispose();
        Assert.NotNull(await second);
        small.ForEach(_budget.ReturnSmall);
        Assert.Equal(0, _budget.SmallBytes);
    }

    [Fact]
    public async Task SmallPartsGoFirst_AndEveryFifthTurnIsThatOfALargeOne()
    {
        // What small parts have of their own is taken.
        for (var i = 0; i < 8; i++)
            await GrantedAsync(64 * 1024);
        var held = await GrantedAsync(6 * Mebibyte);
        var large = Reserve(6 * Mebibyte);
        var small = Enumerable.Range(0, 6).Select(i => Reserve(64 * 1024, owner: $"user {i}")).ToArray();
        held.Dispose();
        Assert.Equal([true, true, true, true, false, false], small.Select(part => part.IsCompleted));
        Assert.False(large.IsCompleted);
        foreach (var part in small[..4])
            (await part)!.Dispose();
        using (await large)
            Assert.False(small[4].IsCompleted);
        Assert.NotNull(await small[4]);
        Assert.NotNull(await small[5]);
    }

    /// <summary>Where a slow store holds the memory of long uploads, short ones do not wait for it, nor do they take the turns of long ones.</summary>
    [Fact]
    public async Task SmallPartsHaveRoomOfTheirOwn_WhenLargeOnesHoldAll()
    {
        var held = await GrantedAsync(8 * Mebibyte);
        var large = Reserve(4 * Mebibyte);
        var granted = new List<BufferReservation>();
        for (var i = 0; i < 8; i++)
            granted.Add(await GrantedAsync(64 * 1024, $"user {i}"));
        var ninth = Reserve(64 * 1024, owner: "user 8");
        Assert.Equal((false, false), (ninth.IsCompleted, large.IsCompleted));
        granted[0].Dispose();
        Assert.NotNull(await ninth);
        held.Dispose();
        Assert.NotNull(await large);
    }

    [Fact]
    public async Task PartThatEndsAnUpload_GoesFirst()
    {
        var first = await GrantedAsync(8 * Mebibyte);
        var (other, ending) = (Reserve(8 * Mebibyte), Reserve(8 * Mebibyte, ending: true));
        first.Dispose();
        using (await ending)
            Assert.False(other.IsCompleted);
        Assert.NotNull(await other);
    }

    [Fact]
    public async Task OwnerWithMoreThanAShare_WaitsBehindAllOthers()
    {
        var ofAnn = new List<BufferReservation>();
        for (var i = 0; i < 8; i++)
            ofAnn.Add(await GrantedAsync(Mebibyte));
        var (ann, bob, other) = (Reserve(Mebibyte), Reserve(Mebibyte, owner: "bob"), Reserve(Mebibyte, owner: "bob"));
        ofAnn[0].Dispose();
        using var first = await bob;
        ofAnn[1].Dispose();
        using var second = await other;
        Assert.False(ann.IsCompleted);
        ofAnn[2].Dispose();
        Assert.NotNull(await ann);
    }

    [Fact]
    public async Task AmongOwnersWithMoreThanAShare_TheOneWhoHoldsLeastGoesFirst()
    {
        var (ofAnn, ofBob) = (await GrantedAsync(4 * Mebibyte), await GrantedAsync(2 * Mebibyte, "bob"));
        using var ofCarol = await GrantedAsync(2 * Mebibyte, "carol");
        // Each would have more than a third of the budget, and more than three of these parts.
        var (ann, bob) = (Reserve(Mebibyte / 2), Reserve(Mebibyte / 2, owner: "bob"));
        ofCarol.Return(ofCarol.TryRent()!);
        ofCarol.Return(ofCarol.TryRent()!);
        Assert.NotNull(await bob);
        Assert.False(ann.IsCompleted);
        ofAnn.Dispose();
        ofBob.Dispose();
        Assert.NotNull(await ann);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task NoOwnerGetsMoreThanAShare_WhileOneWithLessWaits(int seed)
    {
        // Of six owners at the most, with parts of 1 MiB: what a lone upload needs is more than a sixth of the budget.
        const int Share = 3;
        var random = new Random(seed);
        var held = Enumerable.Range(0, 6).Select(_ => new List<BufferReservation>()).ToArray();
        var waiting = new List<(int Owner, Task<BufferReservation?> Part)>();
        var beyond = 0;
        for (var step = 0; step < 2_000; step++)
        {
            // The first one wants most of it.
            var owner = random.Next(5) > 0 ? 0 : random.Next(held.Length);
            if (random.Next(2) == 0 && waiting.Count < 20)
            {
                waiting.Add((owner, Reserve(Mebibyte, owner: $"user-{owner}")));
            }
            else if (held[owner] is [var oldest, .. var others])
            {
                held[owner] = [.. others];
                oldest.Dispose();
            }

            // Those who got their part find out on other threads.
            while (waiting.Count(wait => !wait.Part.IsCompleted) > _budget.Waiting)
                await Task.Yield();
            foreach (var granted in waiting.Where(wait => wait.Part.IsCompleted).ToList())
            {
                waiting.Remove(granted);
                held[granted.Owner].Add((await granted.Part)!);
                if (held[granted.Owner].Count <= Share)
                    continue;
                beyond++;
                Assert.DoesNotContain(waiting, wait => held[wait.Owner].Count < Share);
            }

            Assert.True(waiting.Count == 0 || held.Sum(parts => parts.Count) == 8, "nothing waits while there is room");
        }

        Assert.True(beyond > 50, $"{beyond} parts beyond a share");
        Assert.Equal(held.Index().Count(owner => owner.Item.Count > 0 || waiting.Any(wait => wait.Owner == owner.Index)), _budget.Owners);
    }

    [Fact]
    public async Task PartOfASlowClient_GetsOnlyWhatNoOtherNeeds()
    {
        Assert.NotNull(await Reserve(2 * Mebibyte, slow: true));
        Assert.Null(await Reserve(Mebibyte, slow: true));
        Assert.NotNull(await Reserve(6 * Mebibyte));
    }

    [Fact]
    public async Task Part_GoesToDisk_WhenItCanNeverFit()
    {
        Assert.Null(await Reserve(8 * Mebibyte + 1));
        using var first = await GrantedAsync(8 * Mebibyte);
        var waiting = Reserve(8 * Mebibyte);
        _budget.LimitBytes = 4 * Mebibyte;
        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Part_GoesToDisk_WhenItHasWaitedTooLong()
    {
        using var first = await GrantedAsync(8 * Mebibyte);
        var (early, ending) = (Reserve(Mebibyte), Reserve(Mebibyte, ending: true));
        _time.Advance(BufferBudget.LongestWait / 2);
        var late = Reserve(Mebibyte);
        Assert.False(early.IsCompleted || ending.IsCompleted);
        _time.Advance(BufferBudget.LongestWait / 2);
        Assert.Null(await early);
        Assert.Null(await ending);
        Assert.False(late.IsCompleted);
        _time.Advance(BufferBudget.LongestWait);
        Assert.Null(await late);
    }

    [Fact]
    public async Task PartThatFillsSlowly_IsDemoted_OnlyWhileOthersWait()
    {
        using var slow = await GrantedAsync(8 * Mebibyte);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _demoted);
        var waiting = Reserve(Mebibyte);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_demoted > 0);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task PartThatIsOnItsWay_IsNotDemoted()
    {
        using var sent = await GrantedAsync(8 * Mebibyte);
        sent.Seal();
        _ = Reserve(Mebibyte);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, _demoted);
    }

    [Fact]
    public async Task Limit_CanBeRaisedAndLowered_AtRunTime()
    {
        var first = await GrantedAsync(8 * Mebibyte);
        var waiting = Reserve(8 * Mebibyte);
        _budget.LimitBytes = 16 * Mebibyte;
        using var second = await waiting;
        Assert.NotNull(second);
        _budget.LimitBytes = 8 * Mebibyte;
        var third = Reserve(Mebibyte);
        first.Dispose();
        Assert.False(third.IsCompleted);
        second.Dispose();
        Assert.NotNull(await third);
    }

    [Fact]
    public async Task Waiting_Ends_WhenTheCallerLeaves()
    {
        var first = await GrantedAsync(8 * Mebibyte);
        using var leaving = new CancellationTokenSource();
        var left = _budget.ReserveAsync(Request(Mebibyte), leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal(0, _budget.Waiting);
        first.Dispose();
        Assert.Equal(0, _budget.ReservedBytes);
    }

    [Fact]
    public async Task SmallBuffers_AreNeverRefused_ButCounted()
    {
        using var first = await GrantedAsync(8 * Mebibyte);
        var small = _budget.RentSmall();
        Assert.Equal(BufferBudget.SmallSize, _budget.UsedBytes);
        first.Dispose();
        var whole = Reserve(8 * Mebibyte);
        Assert.False(whole.IsCompleted);
        _budget.ReturnSmall(small);
        Assert.NotNull(await whole);
    }

    [Fact]
    public async Task SpareBlock_IsGiven_OnlyWhileHalfOfTheBudgetIsFree()
    {
        Assert.NotNull(_budget.TryReserveBlock(spare: true));
        await GrantedAsync(4 * Mebibyte);
        Assert.Null(_budget.TryReserveBlock(spare: true));
        Assert.NotNull(_budget.TryReserveBlock(spare: false));
        _ = Reserve(8 * Mebibyte);
        Assert.Null(_budget.TryReserveBlock(spare: false));
    }

    [Fact]
    public async Task IdleMemory_GoesBackToTheSystem_OnceUnusedForAWhile()
    {
        var part = await GrantedAsync(4 * Mebibyte);
        var blocks = Enumerable.Range(0, 16).Select(_ => part.TryRent()!).ToList();
        blocks.ForEach(part.Return);
        Assert.Equal(4 * Mebibyte, _budget.IdleBytes);

        // One block is in use all the time.
        for (var i = 0; i < 20; i++)
        {
            using var again = await GrantedAsync(BufferBudget.BlockSize);
            again.Return(again.TryRent()!);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(BufferBudget.BlockSize, _budget.IdleBytes);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, _budget.IdleBytes);
    }

    [Fact]
    public async Task IdleMemory_NeverGoesBeyondTheLimit()
    {
        var part = await GrantedAsync(4 * Mebibyte);
        var blocks = Enumerable.Range(0, 16).Select(_ => part.TryRent()!).ToList();
        blocks[..8].ForEach(part.Return);
        _budget.LimitBytes = 3 * Mebibyte;
        Assert.Equal(Mebibyte, _budget.IdleBytes);
        blocks[8..].ForEach(part.Return);
        Assert.Equal(3 * Mebibyte, _budget.IdleBytes);
        _budget.LimitBytes = 0;
        Assert.Equal(0, _budget.IdleBytes);
    }

    private BufferRequest Request(long bytes, bool slow = false, bool ending = false, string owner = "ann") =>
        new(owner, bytes, slow, ending, () => _demoted++);

    private Task<BufferReservation?> Reserve(long bytes, bool slow = false, bool ending = false, string owner = "ann") =>
        _budget.ReserveAsync(Request(bytes, slow, ending, owner), CancellationToken.None).AsTask();

    private async Task<BufferReservation> GrantedAsync(long bytes, string owner = "ann")
    {
        var reserving = Reserve(bytes, owner: owner);
        Assert.True(reserving.IsCompleted);
        return (await reserving)!;
    }
}
