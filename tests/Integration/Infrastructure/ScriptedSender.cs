using System.Collections.Concurrent;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>A sender that leads to the test: it keeps what is sent to each address, and answers as the test sets.</summary>
public sealed class ScriptedSender : IWebhookSender
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<WebhookMessage>> _sent = new();
    private readonly ConcurrentDictionary<string, Func<WebhookMessage, CancellationToken, Task<WebhookAnswer>>> _scripts = new();

    /// <summary>From now on this address answers so.</summary>
    public void Answer(string url, int status) => Answer(url, (_, _) => Task.FromResult(new WebhookAnswer(status)));

    public void Answer(string url, Func<WebhookMessage, CancellationToken, Task<WebhookAnswer>> script) => _scripts[url] = script;

    /// <summary>Ids of the events that were sent there, in order, each as often as it came.</summary>
    public string[] Sent(string url) => [.. Messages(url).Select(message => message.Id)];

    public WebhookMessage[] Messages(string url) => [.. _sent.GetOrAdd(url, _ => new())];

    public Task SentAsync(string url, int count) =>
        Eventually.TrueAsync(() => Task.FromResult(Sent(url).Length >= count), $"{count} events are sent to {url}, not {Sent(url).Length}");

    public Task<WebhookAddressVerdict> CheckAsync(string url, CancellationToken cancellationToken) => Task.FromResult(WebhookAddressVerdict.Ok);

    public Task<WebhookAnswer> SendAsync(WebhookMessage message, CancellationToken cancellationToken)
    {
        _sent.GetOrAdd(message.Url, _ => new()).Enqueue(message);
        return _scripts.TryGetValue(message.Url, out var script) ? script(message, cancellationToken) : Task.FromResult(new WebhookAnswer(204));
    }
}
