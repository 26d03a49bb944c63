namespace Ingestion.Webhooks;

/// <summary>Signs events and sends them to receivers, and refuses addresses that must not be reached through this service.</summary>
public interface IWebhookSender
{
    /// <summary>Whether events may be sent there, as far as is known now; each delivery checks again.</summary>
    Task<WebhookAddressVerdict> CheckAsync(string url, CancellationToken cancellationToken);

    /// <summary>Sends one event once. Throws only when it is cancelled; everything the receiver does is an answer.</summary>
    Task<WebhookAnswer> SendAsync(WebhookMessage message, CancellationToken cancellationToken);
}

/// <summary>Whether events may be sent to an address.</summary>
public enum WebhookAddressVerdict
{
    /// <summary>Fine.</summary>
    Ok,

    /// <summary>It is no URL that events can be sent to.</summary>
    Invalid,

    /// <summary>It is without TLS, which a setting would have to allow.</summary>
    Insecure,

    /// <summary>Its host does not resolve.</summary>
    Unresolved,

    /// <summary>It resolves to an address that is not public, which a setting would have to allow.</summary>
    Forbidden,

    /// <summary>It resolves to an address that a setting forbids.</summary>
    Closed,
}

/// <summary>An event on its way.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Id">The event's id.</param>
/// <param name="Body">The event, as <see cref="DeliveryJson"/> writes it.</param>
/// <param name="Secrets">Each of them signs; newest first.</param>
public sealed record WebhookMessage(string Url, string Id, ReadOnlyMemory<byte> Body, IReadOnlyList<string> Secrets)
{
    /// <summary>Fields of the owner's.</summary>
    public IReadOnlyList<WebhookHeader> Headers { get; init; } = [];

    /// <summary>The span that published the event, sent as <c>traceparent</c>; null: none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Never with the secrets: what is printed ends in logs.</summary>
    public override string ToString() => Id;
}

/// <summary>What came of sending.</summary>
/// <param name="Status">The receiver's status; null when it gave none.</param>
/// <param name="Error">Why it gave none: a stable code.</param>
/// <param name="RetryAfter">How long it wants to be left alone.</param>
public readonly record struct WebhookAnswer(int? Status, string? Error = null, TimeSpan? RetryAfter = null)
{
    /// <summary>The receiver has the event.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The receiver wants no more events, ever.</summary>
    public bool IsGone => Status is 410;
}
