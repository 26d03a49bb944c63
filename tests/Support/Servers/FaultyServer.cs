using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Support.Servers;

/// <summary>What happens to a request on its way to the store.</summary>
public enum Fault
{
    None,

    /// <summary>503 in place of the store's answer; the store never sees the request.</summary>
    Unavailable,

    /// <summary>The connection breaks in the middle of the request's body.</summary>
    ResetInRequest,

    /// <summary>Nothing is read and no answer comes.</summary>
    Hang,

    /// <summary>The store does it, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>The connection breaks in the middle of the answer's body.</summary>
    ResetInAnswer,

    /// <summary>All of the request has come, and the store does it only once the test lets it, whether the client is still there or not.</summary>
    Late,

    /// <summary>507.</summary>
    Full,

    /// <summary>403.</summary>
    Denied,
}

/// <summary>A server in front of a store that lets requests fail as a test wants them to.</summary>
public sealed class FaultyServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false });
    private readonly string _target;
    private readonly TaskCompletionSource _late = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FaultyServer(WebApplication app, string target) => (_app, _target) = (app, target);

    /// <summary>Decides about each request.</summary>
    public Func<HttpRequest, Fault> Decide { get; set; } = _ => Fault.None;

    /// <summary>How long each request waits before it is looked at.</summary>
    public Func<HttpRequest, TimeSpan> Delay { get; set; } = _ => TimeSpan.Zero;

    /// <summary>A request is held by <see cref="Fault.Late"/>.</summary>
    public Task Late => _late.Task;

    /// <summary>What came, as <c>METHOD path?query</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <param name="target">The store.</param>
    /// <param name="address">Where it listens; by default on the loopback.</param>
    public static async Task<FaultyServer> StartAsync(string target, IPAddress? address = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address ?? IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var server = new FaultyServer(app, target);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>The next requests that match fail so, one by one; all others go well.</summary>
    public void Next(Func<HttpRequest, bool> which, params Fault[] faults)
    {
        var left = new ConcurrentQueue<Fault>(faults);
        Decide = request => which(request) && left.TryDequeue(out var fault) ? fault : Fault.None;
    }

    /// <summary>Ends <see cref="Fault.Late"/>, and waits until the store has done it.</summary>
    public Task LetGoAsync()
    {
        _letGo.TrySetResult();
        return _done.Task;
    }

    public static bool IsPart(HttpRequest request) => request.Method == "PUT" && request.Query.ContainsKey("partNumber");

    public static bool IsBegin(HttpRequest request) => request.Method == "POST" && request.Query.ContainsKey("uploads");

    public static bool IsComplete(HttpRequest request) => request.Method == "POST" && request.Query.ContainsKey("uploadId");

    public async ValueTask DisposeAsync()
    {
        _letGo.TrySetResult();
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
        await Task.Delay(Delay(context.Request));
        switch (Decide(context.Request))
        {
            case Fault.Unavailable:
                await FailAsync(context, 503, "SlowDown");
                break;
            case Fault.Full:
                await FailAsync(context, 507, "XMinioStorageFull");
                break;
            case Fault.Denied:
                await FailAsync(context, 403, "AccessDenied");
                break;
            case Fault.ResetInRequest:
                await context.Request.Body.ReadAtLeastAsync(new byte[1000], 1000, throwOnEndOfStream: false, context.RequestAborted);
                context.Abort();
                break;
            case Fault.Hang:
                await HangAsync(context);
                break;
            case Fault.Late:
                await AnswerAsync(context, half: false, late: true);
                break;
            case Fault.AnswerLost:
                using (await ForwardAsync(context))
                    context.Abort();
                break;
            case Fault.ResetInAnswer:
                await AnswerAsync(context, half: true);
                break;
            default:
                await AnswerAsync(context, half: false);
                break;
        }
    }

    private static async Task FailAsync(HttpContext context, int status, string code)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync($"<Error><Code>{code}</Code><Message>As planned.</Message></Error>", context.RequestAborted);
    }

    private static async Task HangAsync(HttpContext context)
    {
        var left = new TaskCompletionSource();
        await using var leaving = context.RequestAborted.Register(left.SetResult);
        await left.Task;
    }

    private async Task AnswerAsync(HttpContext context, bool half, bool late = false)
    {
        using var answer = await ForwardAsync(context, late);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var header in answer.Headers.Concat(answer.Content.Headers)
            .Where(header => header.Key is not ("Transfer-Encoding" or "Connection" or "Keep-Alive")))
            context.Response.Headers[header.Key] = header.Value.ToArray();
        var body = await answer.Content.ReadAsByteArrayAsync();
        if (context.Request.Method != "HEAD")
            await context.Response.Body.WriteAsync(body.AsMemory(0, half ? body.Length / 2 : body.Length));
        if (!half)
            return;
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private async Task<HttpResponseMessage> ForwardAsync(HttpContext context, bool late = false)
    {
        var (from, to) = (context.Request, new HttpRequestMessage(
            new HttpMethod(context.Request.Method), _target + context.Request.Path + context.Request.QueryString));
        using var body = new MemoryStream();
        await from.Body.CopyToAsync(body, context.RequestAborted);
        if (late)
        {
            _late.TrySetResult();
            await _letGo.Task;
        }

        if (from.Method is "PUT" or "POST")
            to.Content = new ByteArrayContent(body.ToArray());
        foreach (var header in from.Headers.Where(header => header.Key is not ("Host" or "Content-Length" or "Transfer-Encoding" or "Connection")))
        {
            if (!to.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray()))
                to.Content?.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray());
        }

        var answer = await _client.SendAsync(to);
        if (late)
            _done.TrySetResult();
        return answer;
    }
}
