using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

public abstract partial class ObjectStoreContract
{
    [ContractFact]
    public async Task Rest_IsKept_WhenAWriterIsInterruptedAgainAndAgain()
    {
        var upload = NewUpload();
        var length = (2 * PartSize) + 777;
        // The tail grows, is exactly one part, and grows again behind it; sometimes nothing new comes.
        foreach (var end in new[] { 1, 1, 5_000, 300_000, PartSize - 1, PartSize, PartSize, PartSize + 10, PartSize + 900_000, length })
        {
            await using var writer = await upload.OpenAsync(length);
            await upload.SendAsync(writer, upload.Offset, end - upload.Offset, Chunks(70_000));
            await upload.CommitRestAsync(writer);
            Assert.Equal(end, upload.Offset);
        }

        await upload.FinishAsync(length, Chunks(70_000));
        await upload.AssertStoredAsync(length);
    }

    [ContractFact]
    public async Task Rest_IsNothing_WhenNothingCame()
    {
        var upload = NewUpload();
        await using (var writer = await upload.OpenAsync())
            Assert.Equal((0, null), await RestAsync(writer));
        await SendAndLeaveAsync(upload, PartSize);
        await using (var writer = await upload.OpenAsync())
            Assert.Equal((0, null), await RestAsync(writer));

        static async Task<(int Parts, UploadTail? Tail)> RestAsync(IObjectWriter writer)
        {
            var rest = await writer.TakeRestAsync(default);
            return (rest.Parts.Count, rest.Tail);
        }
    }

    [ContractFact]
    public async Task Tail_IsInTheRestAgain_WhenNothingNewCame()
    {
        var upload = NewUpload();
        await SendAndLeaveAsync(upload, 200_000);
        await using var writer = await upload.OpenAsync();
        var rest = await writer.TakeRestAsync(default);
        Assert.Empty(rest.Parts);
        Assert.Equal((0, 200_000), (rest.Tail!.Offset, rest.Tail.Length));
    }

    [ContractFact]
    public async Task Tail_IsPartOfTheObject_WhenNothingFollows()
    {
        foreach (var length in new[] { 100_000, PartSize + 100_000 })
        {
            var upload = NewUpload();
            await SendAndLeaveAsync(upload, length);
            await upload.FinishAsync(length, Chunks(1));
            await upload.AssertStoredAsync(length);
        }
    }

    [ContractFact]
    public async Task Tail_StaysReadable_UntilWhatReplacesItIsCommitted()
    {
        var upload = NewUpload();
        await SendAndLeaveAsync(upload, 200_000);
        // This one writes more, is never committed, and its process ends.
        await using (var lost = await upload.OpenAsync())
        {
            await lost.WriteAsync(new byte[PartSize], default);
            await lost.TakeRestAsync(default);
        }

        await upload.FinishAsync(300_000, Chunks(100_000));
        await upload.AssertStoredAsync(300_000);
    }

    [ContractFact]
    public async Task Tail_KeepsItsBytes_WhenAnOlderLeaseComesLateToClearUp()
    {
        var upload = NewUpload();
        await SendAndLeaveAsync(upload, 100_000);
        await SendAndLeaveAsync(upload, 200_000);
        var late = upload.Epoch;
        await SendAndLeaveAsync(upload, 300_000);
        await Store.DeleteTailsAsync(upload.Key, late, null, default);
        await upload.FinishAsync(700_000, Chunks(100_000));
        await upload.AssertStoredAsync(700_000);
    }

    [ContractFact]
    public async Task Tail_KeepsItsBytes_WhenTailsOfOthersAreDeleted()
    {
        var (upload, other) = (NewUpload(), NewUpload());
        await SendAndLeaveAsync(upload, 200_000);
        await SendAndLeaveAsync(other, 200_000);
        await Store.DeleteTailsAsync(other.Key, long.MaxValue, null, default);
        await Store.DeleteTailsAsync(upload.Key, long.MaxValue, upload.Tail!.Name, default);
        await upload.FinishAsync(250_000, Chunks(10_000));
        await upload.AssertStoredAsync(250_000);
    }

    [ContractFact]
    public async Task Writer_ContinuesAfterTheParts_WhenOthersFinishedThem()
    {
        var upload = NewUpload();
        await using (var writer = await upload.OpenAsync())
        {
            await upload.SendAsync(writer, 0, PartSize + 300_000, Chunks(100_000));
            await upload.CommitRestAsync(writer);
        }

        Assert.Equal(PartSize, upload.PartsEnd);
        await upload.FinishAsync((2 * PartSize) + 1, Chunks(100_000));
        await upload.AssertStoredAsync((2 * PartSize) + 1);
    }

    private static async Task SendAndLeaveAsync(TestUpload upload, long count)
    {
        await using var writer = await upload.OpenAsync();
        await upload.SendAsync(writer, upload.Offset, count, () => 70_000);
        await upload.CommitRestAsync(writer);
    }
}
