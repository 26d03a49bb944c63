using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Api.Uploads.Limits;

/// <summary>A request's body whose client is cut off with 408 when it is too slow, on every version of HTTP.</summary>
/// <remarks>The server's own limit is the average since the request began: a client that stalls after a fast start could last for hours.</remarks>
internal sealed class WatchedBody : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    private readonly PipeReader _inner;
    private readonly ClientWatch _watch;
    private readonly ITimer _timer;
    private ReadOnlySequence<byte> _read;
    private long _left;
    private volatile bool _tooSlow;

    public WatchedBody(PipeReader inner, ClientWatch watch, TimeProvider time)
    {
        (_inner, _watch) = (inner, watch);
        _timer = time.CreateTimer(static body => ((WatchedBody)body!).Look(), this, watch.Period, watch.Period);
    }

    PipeReader IRequestBodyPipeFeature.Reader => this;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = _inner.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? new(Take(read.Result)) : WaitAsync(read);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!_inner.TryRead(out result))
            return false;
        result = Take(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _left = _read.Slice(consumed).Length;
        _read = default;
        _inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    public void Dispose() => _timer.Dispose();

    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read)
    {
        _watch.BeginWait();
        try
        {
            return Take(await read);
        }
        finally
        {
            // However it ended.
            _watch.Came(0);
        }
    }

    private ReadResult Take(ReadResult result)
    {
        if (result.IsCanceled && _tooSlow)
        {
            // The server reads on behind us before it closes.
            _inner.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            throw new BadHttpRequestException("The bytes came too slowly.", StatusCodes.Status408RequestTimeout);
        }

        _read = result.Buffer;
        _watch.Came(_read.Length - _left);
        return result;
    }

    private void Look()
    {
        if (!_watch.IsTooSlow())
            return;
        _tooSlow = true;
        _inner.CancelPendingRead();
    }
}
