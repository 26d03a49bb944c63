namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>A read-only run of bytes of a file, read from its own offset.</summary>
internal sealed class FileRange(FileStream file, long offset, long count) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => count;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(file.SafeFileHandle, buffer[..Wanted(buffer.Length)], offset + _position);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int start, int length) => Read(buffer.AsSpan(start, length));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await RandomAccess.ReadAsync(file.SafeFileHandle, buffer[..Wanted(buffer.Length)], offset + _position, cancellationToken);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int start, int length, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(start, length), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long to, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int start, int length) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }

    private int Wanted(int space) => (int)Math.Clamp(count - _position, 0, space);
}
