using System.Buffers;
using System.Security.Cryptography;
using Ingestion.Uploads;

namespace Ingestion.Backends.Media;

/// <summary>The SHA-256 of what is stored: read once, through one buffer of fixed size.</summary>
public sealed class StoredDigest(IObjectStore store)
{
    // Larger ones don't make hashing any faster.
    private const int BufferSize = 128 * 1024;

    /// <summary>The digest of a video's source, 64 lowercase hex digits.</summary>
    /// <param name="videoId">The video.</param>
    /// <param name="length">Bytes that the source has by its record.</param>
    /// <param name="report">How much of it has been read, from 0 to 1.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SourceUnavailableException">The store does not have it, or not of this length.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<string> ComputeAsync(string videoId, long length, Action<double> report, CancellationToken cancellationToken)
    {
        var content = await store.OpenReadAsync(ObjectKey.Source(videoId), 0, null, cancellationToken)
            ?? throw new SourceUnavailableException($"The store does not have the source of {videoId}.");
        await using (content.Stream)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var read = content.Info.Length == length ? await ReadAsync(content.Stream, hash, length, report, cancellationToken) : content.Info.Length;
            return read == length
                ? Convert.ToHexStringLower(hash.GetHashAndReset())
                : throw new SourceUnavailableException($"The store has {read} bytes of the source of {videoId}, which has {length}.");
        }
    }

    private static async Task<long> ReadAsync(Stream stream, IncrementalHash hash, long length, Action<double> report, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var read = 0L;
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                hash.AppendData(buffer, 0, count);
                read += count;
                report((double)read / length);
            }

            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
