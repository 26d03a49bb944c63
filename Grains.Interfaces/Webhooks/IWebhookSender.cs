using Ingestion.Status;

namespace Ingestion.Webhooks;

/// <summary>The way out: signs events and sends them to receivers, and refuses addresses that nobody outside should reach through us.</summary>
public interface IWebhookSender
{
    /// <summary>Whether events may be sent there, as far as can be told now; each delivery looks again.</summary>
    Task<WebhookAddressVerdict> CheckAsync(string url, CancellationToken cancellationToken);

    /// <summary>Sends one event once. Throws when it is cancelled only; whatever the receiver does is an answer.</summary>
    Task<WebhookAnswer> SendAsync(WebhookMessage message, CancellationToken cancellationToken);
}

/// <summary>What is to be thought of an address.</summary>
public enum WebhookAddressVerdict
{
    /// <summary>Fine.</summary>
    Ok,

    /// <summary>It is no URL that events can be sent to.</summary>
    Invalid,

    /// <summary>Its host does not resolve.</summary>
    Unresolved,

    /// <summary>It resolves to an address that is not public.</summary>
    Forbidden,
}

/// <summary>An event on its way.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Event">The event.</param>
/// <param name="Secrets">Each of them signs; newest first.</param>
public sealed record WebhookMessage(string Url, StatusEvent Event, IReadOnlyList<string> Secrets)
{
    /// <summary>Never with the secrets: what is printed ends in logs.</summary>
    public override string ToString() => Event.Id;
}

/// <summary>What came of sending.</summary>
/// <param name="Status">The receiver's status; null when it gave none.</param>
/// <param name="Error">Why it gave none: a stable code.</param>
/// <param name="RetryAfter">When it wants to be asked again.</param>
public readonly record struct WebhookAnswer(int? Status, string? Error = null, TimeSpan? RetryAfter = null)
{
    /// <summary>The receiver has the event.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The receiver wants no more events, ever.</summary>
    public bool IsGone => Status is 410;
}
