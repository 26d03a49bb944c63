using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Ingestion.Webhooks;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.Webhooks;

/// <summary>Sends events over HTTP.</summary>
internal sealed class WebhookSender : IWebhookSender, IDisposable
{
    // Receivers answer with a status; their bodies are dropped, and a long one ends the connection.
    private const int MostAnswerBytes = 1024;

    // In KiB, the unit of the option.
    private const int MostHeaderKibibytes = 8;

    // W3C Trace Context.
    private const string TraceParentHeader = "traceparent";

    // A receiver that moves is found again after this.
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(2);

    private static readonly MediaTypeHeaderValue _contentType = new("application/cloudevents+json", "utf-8");

    private readonly WebhookSenderOptions _options;
    private readonly WebhookConnector _connector;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public WebhookSender(IOptions<WebhookSenderOptions> options, TimeProvider time)
        : this(options.Value, Dns.GetHostAddressesAsync, time)
    {
    }

    internal WebhookSender(WebhookSenderOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _connector = new WebhookConnector(_options.AllowPrivateAddresses, _options.Forbidden, resolve);
        _http = new HttpClient(NewHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Ingestion-Webhooks", "1.0"));
    }

    public async Task<WebhookAddressVerdict> CheckAsync(string url, CancellationToken cancellationToken)
    {
        if (!WebhookAddress.TryRead(url, allowInsecure: true, out var address))
            return WebhookAddressVerdict.Invalid;
        if (!WebhookAddress.TryRead(url, _options.AllowInsecure, out _))
            return WebhookAddressVerdict.Insecure;
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _connector.ResolveAsync(address.IdnHost, ended.Token) is [] ? WebhookAddressVerdict.Unresolved : WebhookAddressVerdict.Ok;
        }
        catch (WebhookAddressForbiddenException e)
        {
            return e.IsBySetting ? WebhookAddressVerdict.Closed : WebhookAddressVerdict.Forbidden;
        }
        catch (Exception e) when (e is SocketException or ArgumentException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return WebhookAddressVerdict.Unresolved;
        }
    }

    public async Task<WebhookAnswer> SendAsync(WebhookMessage message, CancellationToken cancellationToken)
    {
        using var span = WebhookSpans.Post(message);
        var answer = await PostAsync(message, cancellationToken);
        WebhookSpans.Answered(span, answer);
        return answer;
    }

    public void Dispose() => _http.Dispose();

    private async Task<WebhookAnswer> PostAsync(WebhookMessage message, CancellationToken cancellationToken)
    {
        // The options may have changed since the address was taken.
        if (!WebhookAddress.TryRead(message.Url, _options.AllowInsecure, out var address))
            return new WebhookAnswer(Status: null, "url_invalid");
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = NewRequest(address, message);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended.Token);
            return new WebhookAnswer((int)response.StatusCode, Error: null, RetryAfterOf(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookAnswer(Status: null, "timeout");
        }
        catch (HttpRequestException e)
        {
            return new WebhookAnswer(Status: null, CodeOf(e));
        }
    }

    private static string CodeOf(HttpRequestException failure) => failure switch
    {
        { InnerException: WebhookAddressForbiddenException } => "address_forbidden",
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } => "name_not_resolved",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls_failed",
        { HttpRequestError: HttpRequestError.ConnectionError } => "connection_failed",
        _ => "response_invalid",
    };

    private SocketsHttpHandler NewHandler() => new()
    {
        ConnectCallback = _connector.ConnectAsync,
        ConnectTimeout = _options.Timeout,
        // A proxy would resolve the name by itself, and a redirect leads to an address that was not checked.
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxResponseHeadersLength = MostHeaderKibibytes,
        MaxResponseDrainSize = MostAnswerBytes,
        PooledConnectionLifetime = _connectionLifetime,
        // Spans of deliveries stay within the service; an event has the one that published it.
        ActivityHeadersPropagator = null,
    };

    private HttpRequestMessage NewRequest(Uri address, WebhookMessage message)
    {
        var seconds = _time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(message.Body) };
        request.Content.Headers.ContentType = _contentType;
        foreach (var header in message.Headers)
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        if (message.TraceParent is { } trace && !request.Headers.Contains(TraceParentHeader))
            request.Headers.Add(TraceParentHeader, trace);
        request.Headers.Add(WebhookSignature.IdHeader, message.Id);
        request.Headers.Add(WebhookSignature.TimestampHeader, seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Sign(message.Secrets, message.Id, seconds, message.Body.Span));
        return request;
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };
}
