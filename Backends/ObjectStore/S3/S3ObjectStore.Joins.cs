using System.Buffers;
using Ingestion.Backends.Buffers;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// Uploads that are copied from finished objects. A part that lies within one of them is copied by the store itself; a part that begins in one and ends in
/// another, a part that is too small for that, and every part where the store can't copy, goes through here, a small buffer at a time.
/// </summary>
internal sealed partial class S3ObjectStore
{
    // The store copies ranges of objects that are larger than this.
    private const long SmallestCopy = 5 * 1024 * 1024;

    private const int CopyBufferSize = 128 * 1024;

    private volatile bool _copies = true;

    public async Task<string> BeginCopyAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken) =>
        uploadId.Length > 0 ? uploadId : await Control.CreateUploadAsync(KeyOf(key), ours: true, cancellationToken);

    public async Task<UploadPart?> CopyPartAsync(
        ObjectKey key, string uploadId, PartSpan span, IReadOnlyList<CopyRange> ranges, CancellationToken cancellationToken)
    {
        var length = ranges.Sum(range => range.Length);
        var part = new UploadPart(span.Number, span.Offset, length, ETag: "");
        if (_copies && ranges is [var whole] && whole.Length >= SmallestCopy)
        {
            var (end, tag) = await Control.CopyPartAsync(KeyOf(key), uploadId, span.Number, KeyOf(whole.Source), whole.Offset, whole.Length, cancellationToken);
            switch (end)
            {
                case CopyEnd.Copied:
                    return part with { ETag = tag };
                case CopyEnd.Missing:
                    return null;
                case CopyEnd.Unsupported:
                    _copies = false;
                    break;
            }
        }

        return await PutRangesAsync(key, uploadId, span.Number, ranges, length, cancellationToken) is { } etag ? part with { ETag = etag } : null;
    }

    private async Task<string?> PutRangesAsync(
        ObjectKey key, string uploadId, int number, IReadOnlyList<CopyRange> ranges, long length, CancellationToken cancellationToken)
    {
        try
        {
            // The head of the request has it: the bytes are read twice where the options want that.
            var checksum = _options.Checksum == "crc32c" ? await ChecksumAsync(ranges, cancellationToken) : 0;
            var body = new S3Body(length, (target, token) => ReadRangesAsync(ranges, bytes => target.WriteAsync(bytes, token), token), () => checksum);
            return await Transfer.PutPartAsync(KeyOf(key), uploadId, number, body, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private async Task<uint> ChecksumAsync(IReadOnlyList<CopyRange> ranges, CancellationToken cancellationToken)
    {
        var crc = Crc32C.Start;
        await ReadRangesAsync(
            ranges,
            bytes =>
            {
                crc = Crc32C.Append(crc, bytes.Span);
                return default;
            },
            cancellationToken);
        return Crc32C.End(crc);
    }

    private async Task ReadRangesAsync(IReadOnlyList<CopyRange> ranges, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBufferSize);
        try
        {
            foreach (var range in ranges)
            {
                await using var content = (await S3ReadStream.OpenAsync(Transfer, KeyOf(range.Source), range.Offset, range.Length, cancellationToken))?.Stream
                    ?? throw new InvalidDataException($"The source of {range.Source.VideoId} is not in the store.");
                for (var left = range.Length; left > 0;)
                {
                    var count = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellationToken);
                    if (count == 0)
                        throw new InvalidDataException($"The source of {range.Source.VideoId} is shorter than its upload.");
                    await take(buffer.AsMemory(0, count));
                    left -= count;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
