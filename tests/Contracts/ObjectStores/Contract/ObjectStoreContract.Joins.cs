using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

public abstract partial class ObjectStoreContract
{
    /// <summary>Parts within a piece, over two and over three of them, and a short one at the end; in any order, and one of them again.</summary>
    [ContractFact]
    public async Task CopiedParts_MakeTheObject_WhereverTheirBytesAre()
    {
        var source = NewUpload();
        var lengths = new[] { (2 * PartSize) + 1000, 500, (3 * PartSize) - 700, 1 };
        var pieces = new List<ObjectKey>();
        foreach (var (length, start) in lengths.Select((length, i) => (length, lengths[..i].Sum())))
            pieces.Add(await StorePieceAsync(source.Bytes(start, length)));
        var whole = lengths.Sum();
        var upload = NewUpload();
        var id = await Store.BeginCopyAsync(upload.Key, "", default);
        Assert.Equal(id, await Store.BeginCopyAsync(upload.Key, id, default));
        var spans = Enumerable.Range(1, 6).Select(number => Plan.Part(number)).ToArray();
        Task<UploadPart?> CopyAsync(PartSpan span) =>
            Store.CopyPartAsync(upload.Key, id, span, Ranges(pieces, lengths, span.Offset, Math.Min(PartSize, whole - span.Offset)), default);

        await CopyAsync(spans[2]);
        var parts = await Task.WhenAll(spans.Reverse().Select(CopyAsync));
        Assert.True(await Store.CompleteAsync(upload.Key, id, [.. parts.Reverse().Select(part => part!)], default));
        await upload.AssertStoredAsync(whole);
        // What was copied is untouched.
        Assert.Equal(source.Bytes(0, lengths[0]), await ReadAsync(pieces[0]));
    }

    [ContractFact]
    public async Task CopiedPart_IsNone_WhenItsSourceIsNotThereOrTooShort()
    {
        var upload = NewUpload();
        var id = await Store.BeginCopyAsync(upload.Key, "", default);
        var piece = await StorePieceAsync(upload.Bytes(0, PartSize));
        var span = new PartPlan(2 * PartSize).Part(1);
        Assert.Null(await Store.CopyPartAsync(upload.Key, id, span, [new CopyRange(NewUpload().Key, 0, PartSize)], default));
        Assert.Null(await Store.CopyPartAsync(upload.Key, id, span, [new CopyRange(NewUpload().Key, 0, 10)], default));
        Assert.Null(await Store.CopyPartAsync(upload.Key, id, span, [new CopyRange(piece, 0, PartSize + 1)], default));
        await Store.AbortAsync(upload.Key, id, default);
    }

    [ContractFact]
    public async Task CopiedPart_IsRefusedAndLeavesNothing_WhenTheUploadHasEnded()
    {
        var upload = NewUpload();
        var piece = await StorePieceAsync(upload.Bytes(0, PartSize));
        var id = await Store.BeginCopyAsync(upload.Key, "", default);
        await Store.AbortAsync(upload.Key, id, default);
        await Assert.ThrowsAsync<WriterFencedException>(
            () => Store.CopyPartAsync(upload.Key, id, Plan.Part(1), [new CopyRange(piece, 0, PartSize)], default));
        Assert.Empty(await UnfinishedAsync(DateTimeOffset.MaxValue));
    }

    private async Task<ObjectKey> StorePieceAsync(byte[] bytes)
    {
        var key = NewUpload().Key;
        await using var writer = await Store.OpenWriterAsync(new WriterStart(key, "", Plan, 0, null, 1, bytes.Length), default);
        await writer.WriteAsync(bytes, default);
        var parts = new List<UploadPart>();
        while (await writer.TakePartAsync(final: true, default) is { } part)
            parts.Add(part);
        Assert.True(await Store.CompleteAsync(key, writer.StoreUploadId, parts, default));
        return key;
    }

    private static List<CopyRange> Ranges(List<ObjectKey> pieces, int[] lengths, long offset, long length)
    {
        var ranges = new List<CopyRange>();
        for (var i = 0; length > 0; offset = Math.Max(0, offset - lengths[i++]))
        {
            var count = Math.Min(length, lengths[i] - offset);
            if (count <= 0)
                continue;
            ranges.Add(new CopyRange(pieces[i], offset, count));
            length -= count;
            offset += count;
        }

        return ranges;
    }
}
