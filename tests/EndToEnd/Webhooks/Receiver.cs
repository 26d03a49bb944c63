using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>A request that came to a receiver.</summary>
internal sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Id => Headers["webhook-id"];

    public string[] Signatures => Headers["webhook-signature"].Split(' ');

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public string State => Json.GetProperty("data").GetProperty("state").GetString()!;

    public string VideoId => Json.GetProperty("data").GetProperty("video_id").GetString()!;

    /// <summary>What a receiver that has the secret computes for itself.</summary>
    public string SignatureWith(string secret)
    {
        var content = $"{Id}.{Headers["webhook-timestamp"]}.{Body}";
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes(content)));
    }
}

/// <summary>A real HTTP server on this machine that keeps what arrives and answers as the test sets.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Received> _requests = [];
    private readonly List<Received> _answered = [];
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>What each request is answered with.</summary>
    public Func<Received, HttpResponse, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public Received[] Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    /// <summary>Those whose sender still waited when they were answered.</summary>
    public Received[] Answered
    {
        get
        {
            lock (_gate)
                return [.. _answered];
        }
    }

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{Ports.Next()}");
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public string Url(string path = "/hook?a=b&c=d") => new Uri(Address, path).ToString();

    public void AnswerWith(int status) => Answer = (_, response) =>
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    };

    public async Task<Received[]> UntilAsync(Func<Received[], bool> condition, string what)
    {
        await Eventually.TrueAsync(() => Task.FromResult(condition(Requests)),
            () => $"{what}. Came: {string.Join("\n", Requests.Select(request => request.ToString()))}");
        return Requests;
    }

    public Task<Received[]> UntilAsync(string state) => UntilAsync(requests => requests.Any(request => request.State == state), $"{state} comes");

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var received = new Received(context.Request.Path + context.Request.QueryString, headers, await reader.ReadToEndAsync());
        lock (_gate)
            _requests.Add(received);
        await Answer(received, context.Response);
        if (context.RequestAborted.IsCancellationRequested)
            return;
        lock (_gate)
            _answered.Add(received);
    }
}
