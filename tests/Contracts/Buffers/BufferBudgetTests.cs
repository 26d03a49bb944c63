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

    private BufferRequest Request(long bytes, bool slow = false, bool ending = false) => new(bytes, slow, ending, () => _demoted++);

    private Task<BufferReservation?> Reserve(long bytes, bool slow = false, bool ending = false) =>
        _budget.ReserveAsync(Request(bytes, slow, ending), CancellationToken.None).AsTask();

    private async Task<BufferReservation> GrantedAsync(long bytes)
    {
        var reserving = Reserve(bytes);
        Assert.True(reserving.IsCompleted);
        return (await reserving)!;
    }
}
