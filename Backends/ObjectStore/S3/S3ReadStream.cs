using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>Bytes of one object from the store. A connection that breaks or hangs is replaced, and reading resumes where it was.</summary>
internal sealed class S3ReadStream : Stream
{
    private readonly S3Transfer _transfer;
    private readonly string _key;
    private readonly string _tag;
    private readonly long _end;
    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _position;

    private S3ReadStream(S3Transfer transfer, string key, string tag, long position, long end, HttpResponseMessage response)
    {
        (_transfer, _key, _tag, _position, _end, _response) = (transfer, key, tag, position, end, response);
        Length = end - position;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens <paramref name="count"/> bytes from <paramref name="offset"/>; null when there is no such object or it ends before them.</summary>
    public static async Task<ObjectContent?> OpenAsync(S3Transfer transfer, string key, long offset, long? count, CancellationToken cancellationToken)
    {
        var response = await transfer.OpenAsync(key, offset, offset + count - 1, null, cancellationToken);
        if (response is null)
            return null;
        var total = response.Content.Headers.ContentRange?.Length ?? response.Content.Headers.ContentLength ?? 0;
        var info = new ObjectInfo(total, S3Control.Unquote(response.Headers.ETag?.Tag), response.Content.Headers.LastModified ?? default);
        var end = Math.Min(total, count is { } some ? offset + some : total);
        return new ObjectContent(new S3ReadStream(transfer, key, info.ETag, offset, end, response), info);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == _end || buffer.IsEmpty)
            return 0;
        if (buffer.Length > _end - _position)
            buffer = buffer[..(int)(_end - _position)];
        while (true)
        {
            _response ??= await _transfer.OpenAsync(_key, _position, _end - 1, _tag, cancellationToken)
                ?? throw new InvalidDataException("The object was removed or replaced while it was read.");
            if (await ReadOnceAsync(buffer, cancellationToken) is > 0 and var count)
            {
                _position += count;
                return count;
            }

            Drop();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Drop();
        base.Dispose(disposing);
    }

    /// <summary>0 when the connection has to be replaced.</summary>
    private async Task<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var patience = _transfer.Patience(cancellationToken);
        try
        {
            _body ??= await _response!.Content.ReadAsStreamAsync(patience.Token);
            return await _body.ReadAsync(buffer, patience.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && (e is IOException or HttpRequestException || patience.IsCancellationRequested))
        {
            return 0;
        }
    }

    private void Drop()
    {
        _response?.Dispose();
        (_response, _body) = (null, null);
    }
}
