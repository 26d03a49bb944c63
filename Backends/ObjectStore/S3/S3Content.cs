using System.Net;
using Ingestion.Backends.Buffers;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>The bytes of one request, which can be sent again.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="CopyToAsync">Writes them all.</param>
/// <param name="Checksum">Their CRC-32C.</param>
internal sealed record S3Body(long Length, Func<Stream, CancellationToken, Task> CopyToAsync, Func<uint> Checksum)
{
    public static S3Body Of(PartBuffer part) => new(part.Length, part.CopyToAsync, part.Checksum);

    public static S3Body Of(ReadOnlyMemory<byte> bytes) =>
        new(bytes.Length, (stream, token) => stream.WriteAsync(bytes, token).AsTask(), () => Crc32C.Of(bytes.Span));
}

/// <summary>Writes a body to the connection without a copy in between, and reports its progress.</summary>
internal sealed class S3Content(S3Body body, S3Attempt attempt) : HttpContent
{
    private Task _writing = Task.CompletedTask;

    /// <summary>Completes once nothing reads the body any more, however that ended.</summary>
    public async Task EndAsync() => await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _writing = body.CopyToAsync(new ProgressStream(stream, body.Length, attempt), cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }

    /// <summary>Reports before the last write that the store may then have all of it, and after each write that it was sent.</summary>
    private sealed class ProgressStream(Stream inner, long left, S3Attempt attempt) : Stream
    {
        private long _left = left;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if ((_left -= buffer.Length) <= 0)
                attempt.BecomeWhole();
            await inner.WriteAsync(buffer, cancellationToken);
            attempt.Progress();
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
