using System.Buffers;
using System.IO.Pipelines;
using Ingestion.Api.Stopping;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Api.Uploads.Limits;

/// <summary>
/// A request's body whose client is cut off with 408 when it is too slow, on every version of HTTP, and whose reader gets a
/// <see cref="RequestCutException"/> when the silo stops.
/// </summary>
/// <remarks>The server's own limit is the average since the request began: a client that stalls after a fast start could last for hours.</remarks>
internal sealed class WatchedBody : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    private readonly PipeReader _inner;
    private readonly ClientWatch _watch;
    private readonly ITimer _timer;
    private readonly CancellationToken _cut;
    private readonly CancellationTokenRegistration _onCut;
    private ReadOnlySequence<byte> _read;
    private long _left;
    private volatile bool _tooSlow;
    private bool _wasCut;
    private bool _isHeld;

    public WatchedBody(PipeReader inner, ClientWatch watch, TimeProvider time, CancellationToken cut)
    {
        (_inner, _watch, _cut) = (inner, watch, cut);
        // A read that ends by a token breaks the connection, and the client never sees its answer.
        _onCut = cut.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), inner);
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
        (_read, _isHeld) = (default, false);
        _inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    public void Dispose()
    {
        _onCut.Dispose();
        _timer.Dispose();
        // A reader that ends between a read and its advance, as its client has left, must give back what it holds: the server reads on behind us.
        if (_isHeld)
            AdvanceTo(_read.Start);
    }

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

        // Once: behind the answer the rest is read and discarded.
        if (_cut.IsCancellationRequested && !result.IsCompleted && !_wasCut)
        {
            _wasCut = true;
            _inner.AdvanceTo(result.Buffer.End);
            throw new RequestCutException();
        }

        (_read, _isHeld) = (result.Buffer, true);
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
