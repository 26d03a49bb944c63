using System.Text;
using Ingestion.Backends.Buffers;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.Buffers;

public sealed class PartBufferTests : IDisposable
{
    private const int Size = 3_000_000;

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly PartBufferSource _source;
    private readonly byte[] _bytes = new byte[Size];

    public PartBufferTests()
    {
        _source = PartBufferSource.Create(_folder.Path, 4 << 20, _time);
        new Random(1).NextBytes(_bytes);
    }

    public void Dispose()
    {
        _source.Budget.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(BufferBudget.SmallSize)]
    [InlineData(BufferBudget.SmallSize + 1)]
    [InlineData(BufferBudget.BlockSize)]
    [InlineData(Size)]
    public async Task Content_IsWhatCame_WhenInMemory(int length)
    {
        await using var part = NewPart();
        await FillAsync(part, 0, length);
        Assert.Equal(0, _source.Budget.StagedBytes);
        await AssertContentAsync(part, length);
    }

    [Fact]
    public async Task Content_IsWhatCame_WhenThereIsNoMemory()
    {
        _source.Budget.LimitBytes = 0;
        await using (var part = NewPart())
        {
            await FillAsync(part, 0, Size);
            Assert.Equal(BufferBudget.SmallSize, _source.Budget.UsedBytes);
            Assert.InRange(_source.Budget.StagedBytes, Size - BufferBudget.SmallSize, Size);
            await AssertContentAsync(part, Size);
        }

        AssertNothingHeld();
    }

    [Fact]
    public async Task Content_IsWhatCame_WhenThePartIsDemotedOnTheWay()
    {
        const int Early = 700_000;
        await using (var part = NewPart())
        {
            await FillAsync(part, 0, Early);
            var waiting = _source.Budget.ReserveAsync(new BufferRequest("ann", 4 << 20, false, false, () => { }), default).AsTask();
            _time.Advance(TimeSpan.FromSeconds(3));
            await Eventually.TrueAsync(() => _source.Budget.StagedBytes == 2 * BufferBudget.BlockSize, "the full blocks go to disk");
            Assert.False(waiting.IsCompleted);
            // Its client comes back: the open block goes too.
            await FillAsync(part, Early, 1);
            Assert.Equal((Early + 1, BufferBudget.SmallSize), (_source.Budget.StagedBytes, _source.Budget.UsedBytes));
            _source.Budget.LimitBytes += BufferBudget.SmallSize;
            using (await waiting)
                await FillAsync(part, Early + 1, Size - Early - 1);
            await AssertContentAsync(part, Size);
        }

        AssertNothingHeld();
    }

    [Fact]
    public async Task Part_IsStaged_WhenItsClientIsSlowAndOthersNeedTheMemory()
    {
        using var other = await _source.Budget.ReserveAsync(new BufferRequest("ann", 2 << 20, false, false, () => { }), default);
        var pace = new ClientPace(_time);
        _time.Advance(TimeSpan.FromSeconds(1));
        pace.Came(BufferBudget.SmallSize);
        await using var part = NewPart(pace);
        await FillAsync(part, 0, BufferBudget.SmallSize);
        Assert.Equal(BufferBudget.SmallSize, _source.Budget.StagedBytes);
    }

    [Fact]
    public async Task Part_HasMemoryBeforeItsFirstByte_WhenItsClientIsKnownToBeFast()
    {
        var pace = new ClientPace(_time);
        await using var first = NewPart(pace);
        await first.PrepareAsync(default);
        Assert.Equal(0, _source.Budget.ReservedBytes);
        pace.Came(100);
        await first.PrepareAsync(default);
        Assert.InRange(_source.Budget.ReservedBytes, Size, Size + BufferBudget.BlockSize);
        await FillAsync(first, 0, Size);
        await AssertContentAsync(first, Size);
    }

    [Fact]
    public async Task Bytes_AreAllThere_WhenTheWaitForMemoryIsCancelled()
    {
        using var all = await _source.Budget.ReserveAsync(new BufferRequest("ann", 4 << 20, false, false, () => { }), default);
        await using var part = NewPart();
        using var leaving = new CancellationTokenSource();
        _bytes.AsMemory(0, BufferBudget.SmallSize).CopyTo(part.GetMemory());
        var advance = part.AdvanceAsync(BufferBudget.SmallSize, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => advance);
        await AssertContentAsync(part, BufferBudget.SmallSize);
    }

    [SmallDiskFact]
    public async Task FullDisk_IsSaid_AndWhatCameBeforeIsStillThere()
    {
        using var disk = SmallDisk.Mount(kibibytes: 128);
        var source = PartBufferSource.Create(disk.Path, 0, _time);
        await using var part = new PartBuffer(source, new ClientPace(_time), new PartBufferPlan("ann", "id", 1, Size, Size, false));
        await Assert.ThrowsAsync<ObjectStoreFullException>(() => FillAsync(part, 0, Size));
        Assert.InRange(part.Length, 64 * 1024, (128 * 1024) + BufferBudget.SmallSize);
        await AssertContentAsync(part, (int)part.Length);
    }

    [SmallDiskFact]
    public async Task Part_StaysInMemory_WhenTheDiskIsFullAsItIsDemoted()
    {
        using var disk = SmallDisk.Mount(kibibytes: 128);
        var source = PartBufferSource.Create(disk.Path, 4 << 20, _time);
        await using var part = new PartBuffer(source, new ClientPace(_time), new PartBufferPlan("ann", "id", 1, Size, Size, false));
        await FillAsync(part, 0, 700_000);
        _ = source.Budget.ReserveAsync(new BufferRequest("ann", 4 << 20, false, false, () => { }), default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(3));
        await FillAsync(part, 700_000, Size - 700_000);
        await AssertContentAsync(part, Size);
    }

    [Fact]
    public void Checksum_IsCrc32C() => Assert.Equal(0xE3069283, Crc32C.Of(Encoding.ASCII.GetBytes("123456789")));

    private PartBuffer NewPart(ClientPace? pace = null) => new(_source, pace ?? new ClientPace(_time), new PartBufferPlan("ann", "id", 1, Size, Size, false));

    private async Task FillAsync(PartBuffer part, int from, int count)
    {
        for (var end = from + count; from < end;)
        {
            var space = part.GetMemory();
            var now = Math.Min(Math.Min(space.Length, end - from), 60_000);
            _bytes.AsMemory(from, now).CopyTo(space);
            await part.AdvanceAsync(now, default);
            from += now;
        }
    }

    /// <summary>Twice, as a request is retried.</summary>
    private async Task AssertContentAsync(PartBuffer part, int length)
    {
        await part.SealAsync();
        Assert.Equal(length, part.Length);
        for (var i = 0; i < 2; i++)
        {
            using var copy = new MemoryStream();
            await part.CopyToAsync(copy, default);
            Assert.True(_bytes.AsSpan(0, length).SequenceEqual(copy.ToArray()));
            Assert.Equal(Crc32C.Of(_bytes.AsSpan(0, length)), part.Checksum());
        }
    }

    private void AssertNothingHeld() => Assert.Equal((0, 0, 0), (_source.Budget.UsedBytes, _source.Budget.ReservedBytes, _source.Budget.StagedBytes));
}
