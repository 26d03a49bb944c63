using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

public abstract partial class ObjectStoreContract
{
    [ContractFact]
    public async Task Object_HasTheBytes_WhateverTheirNumber()
    {
        foreach (var length in new[] { 1, 100, 16 * 1024, PartSize - 1, PartSize, PartSize + 1, 2 * PartSize, (2 * PartSize) + 4097 })
        {
            var upload = NewUpload();
            await upload.FinishAsync(length, Chunks(300_000));
            await upload.AssertStoredAsync(length);
            Assert.Equal((length + PartSize - 1) / PartSize, upload.Parts.Count);
        }
    }

    [ContractFact]
    public async Task Object_HasTheBytes_WhateverTheChunks()
    {
        var upload = NewUpload();
        await upload.FinishAsync(70_001, Chunks(1));
        await upload.AssertStoredAsync(70_001);

        var random = new Random(1);
        upload = NewUpload();
        await upload.FinishAsync((2 * PartSize) + 123_456, () => random.Next(1, 400_000));
        await upload.AssertStoredAsync((2 * PartSize) + 123_456);
    }

    [ContractFact]
    public async Task Object_IsEmpty_WhenNothingWasWritten()
    {
        var upload = NewUpload();
        await using (var writer = await upload.OpenAsync())
            await upload.CommitPartsAsync(writer, final: true);
        Assert.Empty(upload.Parts);
        Assert.True(await upload.CompleteAsync());
        await upload.AssertStoredAsync(0);
    }

    [ContractFact]
    public async Task Object_HasTheBytes_WhenPartsDouble()
    {
        var upload = NewUpload(doublesEvery: 1);
        var length = (3 * PartSize) + 1000;
        await upload.FinishAsync(length, Chunks(1 << 20));
        Assert.Equal([PartSize, 2 * PartSize, 1000], upload.Parts.Select(part => (int)part.Length));
        await upload.AssertStoredAsync(length);
    }

    [ContractFact]
    public async Task Object_HasTheBytes_WhenMoreCameThanExpected()
    {
        var upload = NewUpload();
        var length = PartSize + 800_000;
        await using (var writer = await upload.OpenAsync(expected: 100_000))
        {
            await upload.SendAsync(writer, 0, length, Chunks(50_000));
            await upload.CommitPartsAsync(writer, final: true);
        }

        Assert.True(await upload.CompleteAsync());
        await upload.AssertStoredAsync(length);
    }

    [ContractFact]
    public async Task Parts_AreReportedOnceAndInOrder_WhenFull()
    {
        var upload = NewUpload();
        await using var writer = await upload.OpenAsync();
        await writer.WriteAsync(upload.Bytes(0, (2 * PartSize) + 10), default);
        var parts = new List<UploadPart>();
        while (await writer.TakePartAsync(final: true, default) is { } part)
            parts.Add(part);
        Assert.Equal([(1, 0, PartSize), (2, PartSize, PartSize), (3, 2 * PartSize, 10)],
            parts.Select(part => (part.Number, (int)part.Offset, (int)part.Length)));
        Assert.Null(await writer.TakePartAsync(final: true, default));
    }

    [ContractFact]
    public async Task Object_IsReadableOnlyOnceComplete_WhenItHasSeveralParts()
    {
        var upload = NewUpload();
        await using (var writer = await upload.OpenAsync())
        {
            await upload.SendAsync(writer, 0, PartSize + 10, Chunks(100_000));
            await upload.CommitPartsAsync(writer, final: true);
        }

        Assert.Null(await Store.GetInfoAsync(upload.Key, default));
        Assert.Null(await Store.OpenReadAsync(upload.Key, 0, null, default));
        Assert.True(await upload.CompleteAsync());
        await upload.AssertStoredAsync(PartSize + 10);
    }

    [ContractFact]
    public async Task Nothing_IsHeld_WhenAWriterIsDisposedInTheMiddle()
    {
        var upload = NewUpload();
        await using (var writer = await upload.OpenAsync())
            await writer.WriteAsync(upload.Bytes(0, PartSize + 500_000), default);
        _test.AssertNothingHeld();
        await upload.FinishAsync(700_000, Chunks(100_000));
        await upload.AssertStoredAsync(700_000);
    }

    [ContractFact]
    public async Task OlderWriter_IsFenced_WhenANewerOneOpens()
    {
        var upload = NewUpload();
        await using var older = await upload.OpenAsync();
        await upload.SendAsync(older, 0, PartSize + 100_000, Chunks(100_000));
        await using (var newer = await upload.OpenAsync())
        {
            await Assert.ThrowsAsync<WriterFencedException>(() => SendOnAsync(older));
            await Assert.ThrowsAsync<WriterFencedException>(async () => await older.TakeRestAsync(default));
            await upload.SendAsync(newer, upload.Offset, PartSize + 50 - upload.Offset, Chunks(100_000));
            await upload.CommitPartsAsync(newer, final: true);
        }

        Assert.True(await upload.CompleteAsync());
        await upload.AssertStoredAsync(PartSize + 50);

        async Task SendOnAsync(IObjectWriter writer)
        {
            await writer.WriteAsync(new byte[2 * PartSize], default);
            while (await writer.TakePartAsync(final: true, default) is not null)
            {
                // Wherever the store looks first.
            }
        }
    }

    [ContractFact]
    public async Task OlderWriters_WriteNoMore_WhenTheyAreFenced()
    {
        var upload = NewUpload();
        var (late, next) = (upload.NextStart(), upload.NextStart());
        await using var older = await upload.OpenAsync();
        await Store.FenceAsync(upload.Key, upload.Epoch + 1);
        await Assert.ThrowsAsync<WriterFencedException>(async () =>
        {
            await older.WriteAsync(new byte[PartSize], default);
            await older.TakeRestAsync(default);
        });
        foreach (var start in new[] { late, next })
            await Assert.ThrowsAsync<WriterFencedException>(async () => await Store.OpenWriterAsync(start, default));

        await using var newer = await upload.OpenAsync();
        // Repeated, or late: it concerns earlier writers.
        await Store.FenceAsync(upload.Key, upload.Epoch);
        await Store.FenceAsync(upload.Key, upload.Epoch - 1);
        await upload.SendAsync(newer, 0, 10, Chunks(10));
        await upload.CommitPartsAsync(newer, final: true);
        Assert.True(await upload.CompleteAsync());
        await upload.AssertStoredAsync(10);
    }

    [ContractFact]
    public async Task OlderWriter_IsNotLetIn_WhenANewerOneIsThere()
    {
        var upload = NewUpload();
        var late = upload.NextStart();
        await using var newer = await upload.OpenAsync();
        await Assert.ThrowsAsync<WriterFencedException>(async () => await Store.OpenWriterAsync(late, default));
        await upload.SendAsync(newer, 0, 10, Chunks(10));
        await upload.CommitPartsAsync(newer, final: true);
        Assert.True(await upload.CompleteAsync());
        await upload.AssertStoredAsync(10);
    }
}
