namespace Ingestion.Tests.Integration.Uploads.Histories;

/// <summary>A request's body that comes in runs of any length, may stand still, and may break off.</summary>
internal sealed class ScriptedBody(ReadOnlyMemory<byte> bytes, int seed, bool breaksOff, Task? goesOn = null) : Stream
{
    private readonly Random _random = new(seed);
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _read;

    /// <summary>All its bytes have been read and it stands still.</summary>
    public Task Stalled => _stalled.Task;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var left = bytes.Length - _read;
        if (left == 0)
        {
            _stalled.TrySetResult();
            if (goesOn is not null)
                await goesOn.WaitAsync(cancellationToken);
            return breaksOff ? throw new IOException("The client has left.") : 0;
        }

        // A pipe reads with no room first, only to learn whether there is anything.
        if (buffer.IsEmpty)
            return 0;
        var count = Math.Min(left, _random.Next(1, buffer.Length + 1));
        bytes.Slice(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
