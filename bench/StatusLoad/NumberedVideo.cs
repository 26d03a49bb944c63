using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Bench.StatusLoad;

/// <summary>
/// A form with a file of any size that begins like a video and differs in its last bytes from each other one: a thousand at once take the memory of one.
/// </summary>
internal sealed class NumberedVideo : HttpContent
{
    private const string Boundary = "bench-boundary";
    private const int BlockBytes = 64 * 1024;

    private static readonly byte[] _head = Encoding.ASCII.GetBytes(
        $"--{Boundary}\r\nContent-Disposition: form-data; name=\"video_file\"; filename=\"a.mp4\"\r\nContent-Type: video/mp4\r\n\r\n");
    private static readonly byte[] _tail = Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n");
    private static readonly byte[] _first = SmallVideo.Make();
    private static readonly byte[] _block = RandomNumberGenerator.GetBytes(BlockBytes);

    private readonly long _bytes;
    private readonly byte[] _number = new byte[8];

    public NumberedVideo(int number, long bytes)
    {
        _bytes = Math.Max(bytes, _first.Length + _number.Length);
        BinaryPrimitives.WriteInt64LittleEndian(_number, number);
        Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=" + Boundary);
    }

    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in Pieces())
            hash.AppendData(piece.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_head);
        foreach (var piece in Pieces())
            await stream.WriteAsync(piece);
        await stream.WriteAsync(_tail);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _head.Length + _bytes + _tail.Length;
        return true;
    }

    private IEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        yield return _first;
        var left = _bytes - _first.Length - _number.Length;
        for (; left > 0; left -= Math.Min(left, BlockBytes))
            yield return _block.AsMemory(0, (int)Math.Min(left, BlockBytes));
        yield return _number;
    }
}
