using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>
/// <c>104 Upload Resumption Supported</c>, for clients that request our iteration of the draft. The server has no way of its own to send an
/// interim response, but hands out the connection's transport. Writing there is safe under three conditions, which are kept here and by the
/// callers: HTTP/1.1, where the connection serves this request alone; before the answer has begun; and never while the server writes, which
/// before the answer it does for <c>100 Continue</c> only, within the first read of the body. So all is sent between reads, from the
/// request's own flow.
/// </summary>
internal sealed class InterimResponses
{
    // Several a second would add nothing to a progress bar.
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(300);

    // A client that requests these and does not read them would block its own upload.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly HttpContext _context;
    private readonly PipeWriter _output;
    private readonly TimeProvider _time;
    private long _sentAt;
    private long _sent;

    private InterimResponses(HttpContext context, PipeWriter output, TimeProvider time) =>
        (_context, _output, _time, _sentAt) = (context, output, time, time.GetTimestamp());

    /// <summary>For this request; null when the client wants none, or the server can't send them.</summary>
    public static InterimResponses? For(HttpContext context, TimeProvider time)
    {
        var isWanted = StructuredField.TryReadInteger(context.Request.Headers[IetfFields.Version], out var version) && version == IetfFields.SpokenVersion;
        if (!isWanted || !HttpProtocol.IsHttp11(context.Request.Protocol))
            return null;
        return context.Features.Get<IConnectionTransportFeature>()?.Transport is { } transport ? new InterimResponses(context, transport.Output, time) : null;
    }

    /// <summary>The upload exists: from here on it can be resumed.</summary>
    public ValueTask AnnounceAsync(string location, string limits) => SendAsync($"Location: {location}\r\n{IetfFields.Limit}: {limits}\r\n");

    /// <summary>So much is safe and need not be sent again; sent when it has grown, a few times a second at most.</summary>
    public ValueTask SendOffsetAsync(long offset)
    {
        if (offset <= _sent || _time.GetElapsedTime(_sentAt) < _period)
            return ValueTask.CompletedTask;
        (_sent, _sentAt) = (offset, _time.GetTimestamp());
        return SendAsync(string.Create(CultureInfo.InvariantCulture, $"{IetfFields.Offset}: {offset}\r\n"));
    }

    private async ValueTask SendAsync(string fields)
    {
        if (_context.Response.HasStarted || _context.RequestAborted.IsCancellationRequested)
            return;
        var response = $"HTTP/1.1 104 Upload Resumption Supported\r\n{IetfFields.Version}: {IetfFields.SpokenVersion}\r\n{fields}\r\n";
        using var patience = new CancellationTokenSource(_patience, _time);
        try
        {
            await _output.WriteAsync(Encoding.ASCII.GetBytes(response), patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or InvalidOperationException)
        {
            // It is gone, or does not read: whatever else were written would stand in the middle of this.
            _context.Abort();
        }
    }
}
