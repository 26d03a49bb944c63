using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Ingestion.Api.Http;

/// <summary>
/// An answer that comes before the end of its request reaches its client (RFC 9112 9.6). Many clients read nothing before they have sent everything, and a
/// connection that is closed with unread bytes is reset, which discards the answer that was on its way. So the answer is sent, and what is left of the body is
/// read and discarded. Time and bytes are bounded: no client can keep a connection open with an endless body.
/// </summary>
/// <remarks>
/// The server itself reads on after a response, for 5 s; but never behind its own limit on bodies (1 MiB), which only handlers that read a body
/// lift. HTTP/2 ends the stream of such a request by itself.
/// </remarks>
internal static class LingeringClose
{
    // A body that comes faster than 35 MB/s is read to this end before its time is over.
    private const long MostBytes = 1L << 30;

    // As long as what proxies commonly give an answer, halved.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);

    // A client that reads its answer stops sending; after this much silence it has read it or is gone.
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(5);

    /// <summary>Before everything else that answers.</summary>
    public static void UseLingeringClose(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        await next(context);
        if (MayHaveUnread(context))
            await DrainAsync(context, context.RequestServices.GetRequiredService<TimeProvider>());
    });

    private static bool MayHaveUnread(HttpContext context) =>
        (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
        && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
        && !context.RequestAborted.IsCancellationRequested
        // It waits for our word before it sends, and has got another one.
        && StringValues.IsNullOrEmpty(context.Request.Headers.Expect);

    private static async Task DrainAsync(HttpContext context, TimeProvider time)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        try
        {
            var body = context.Request.BodyReader;
            // Most requests have been read to their end, and of a client that is too slow nothing more is waited for.
            if (IsRead(body) || context.Response.StatusCode is StatusCodes.Status408RequestTimeout)
                return;
            await context.Response.CompleteAsync();
            await DiscardAsync(body, time, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or BadHttpRequestException or InvalidOperationException)
        {
            // The client has gone, or its body breaks its own framing: whatever it was, it has its answer.
        }
    }

    private static bool IsRead(PipeReader body)
    {
        if (!body.TryRead(out var read))
            return false;
        body.AdvanceTo(read.Buffer.End);
        return read.IsCompleted;
    }

    /// <summary>Reads to the end, to a pause, or to what is the most.</summary>
    internal static async Task DiscardAsync(PipeReader body, TimeProvider time, CancellationToken aborted)
    {
        using var pause = new CancellationTokenSource(_longestPause, time);
        await using var stop = pause.Token.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), body);
        var started = time.GetTimestamp();
        for (long discarded = 0; discarded < MostBytes && time.GetElapsedTime(started) < _longest;)
        {
            var read = await body.ReadAsync(aborted);
            discarded += read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled)
                return;
            pause.CancelAfter(_longestPause);
        }
    }
}
