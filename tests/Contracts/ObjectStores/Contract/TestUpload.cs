using System.Security.Cryptography;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

/// <summary>One upload as its grain sees it: the manifest is what was reported, and decides where the next writer continues.</summary>
internal sealed class TestUpload(IObjectStore store, PartPlan plan, int seed = 1)
{
    public ObjectKey Key { get; } = ObjectKey.Source(Guid.CreateVersion7().ToString("N"));

    /// <summary>The newest lease.</summary>
    public long Epoch { get; private set; }

    public string StoreUploadId { get; private set; } = "";

    public List<UploadPart> Parts { get; } = [];

    public UploadTail? Tail { get; private set; }

    public long PartsEnd => Parts.Count == 0 ? 0 : Parts[^1].Offset + Parts[^1].Length;

    /// <summary>Acknowledged bytes.</summary>
    public long Offset => PartsEnd + (Tail?.Length ?? 0);

    /// <summary>The bytes that belong to a range of the source.</summary>
    public byte[] Bytes(long offset, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)(((offset + i) * 2654435761L + seed) >> 11);
        return bytes;
    }

    public WriterStart NextStart(long? expected = null) => new(Key, StoreUploadId, plan, PartsEnd, Tail, ++Epoch, expected);

    public ValueTask<IObjectWriter> OpenAsync(long? expected = null) => store.OpenWriterAsync(NextStart(expected), default);

    /// <summary>Sends the next bytes of the source in chunks, and commits the parts that are done.</summary>
    public async Task SendAsync(IObjectWriter writer, long from, long count, Func<int> chunk)
    {
        for (var end = from + count; from < end;)
        {
            var now = (int)Math.Min(chunk(), end - from);
            await writer.WriteAsync(Bytes(from, now), default);
            from += now;
            await CommitPartsAsync(writer, final: false);
        }
    }

    public async Task CommitPartsAsync(IObjectWriter writer, bool final)
    {
        while (await writer.TakePartAsync(final, default) is { } part)
            await CommitAsync(writer, [part], null);
    }

    public async Task CommitRestAsync(IObjectWriter writer)
    {
        var rest = await writer.TakeRestAsync(default);
        await CommitAsync(writer, rest.Parts, rest.Tail);
    }

    /// <summary>As the grain and its session do: the manifest first, then the tails that it does not name any more.</summary>
    public async Task CommitAsync(IObjectWriter writer, IReadOnlyList<UploadPart> parts, UploadTail? tail)
    {
        foreach (var part in parts)
        {
            Assert.Equal(plan.PartAt(PartsEnd), new PartSpan(part.Number, part.Offset, plan.PartOf(part.Offset).Size));
            Assert.InRange(part.Length, 1, plan.PartOf(part.Offset).Size);
            Parts.Add(part);
        }

        StoreUploadId = writer.StoreUploadId;
        if (tail is null && parts.Count == 0)
            return;
        Assert.True(tail is null || (tail.Offset == PartsEnd && tail.Length > 0));
        Tail = tail;
        await store.DeleteTailsAsync(Key, Epoch, tail?.Name, default);
    }

    /// <summary>One writer from the acknowledged offset to the end.</summary>
    public async Task FinishAsync(long length, Func<int> chunk)
    {
        await using (var writer = await OpenAsync(length))
        {
            await SendAsync(writer, Offset, length - Offset, chunk);
            await CommitPartsAsync(writer, final: true);
        }

        Assert.True(await CompleteAsync());
    }

    public Task<bool> CompleteAsync() => store.CompleteAsync(Key, StoreUploadId, Parts, default);

    /// <summary>The object is complete and has these bytes.</summary>
    public async Task AssertStoredAsync(long length)
    {
        Assert.Equal(length, (await store.GetInfoAsync(Key, default))?.Length);
        var content = await store.OpenReadAsync(Key, 0, null, default);
        await using var stream = content!.Stream;
        Assert.Equal(SHA256.HashData(Bytes(0, (int)length)), await SHA256.HashDataAsync(stream));
    }
}
