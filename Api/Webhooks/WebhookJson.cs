using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Api.Webhooks;

/// <summary>Body of a request for a webhook.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Events">Types of events; null: all.</param>
/// <param name="When"><c>always</c> or <c>unacknowledged</c>.</param>
internal sealed record NewWebhookJson(
    string Url,
    IReadOnlyList<string>? Events = null,
    [property: AllowedValues(WebhookJson.Always, WebhookJson.Unacknowledged)] string When = WebhookJson.Always);

/// <summary>Body of a request for a replay: one of the two.</summary>
/// <param name="From">The events after this cursor.</param>
/// <param name="DeadLetters">Those that were given up.</param>
/// <param name="Owner">Whose cursor it is, where the webhook is for many users.</param>
internal sealed record ReplayJson(string? From = null, bool DeadLetters = false, string? Owner = null);

/// <summary>Body of a request for a new secret.</summary>
/// <param name="RevokeOld">True: the old secrets stop signing at once.</param>
internal sealed record SecretRotationJson(bool RevokeOld = false);

/// <summary>Body of a request for a change.</summary>
/// <param name="Enabled">False: it stands still. True: it goes on where it stood.</param>
internal sealed record WebhookChangeJson(bool Enabled);

/// <summary>A webhook.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where to.</param>
/// <param name="Events">Types of events; null: all.</param>
/// <param name="When">Which of these.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Enabled">False once its receiver has said 410, or its owner has disabled it.</param>
/// <param name="DisabledAt">When that was; null while it is enabled.</param>
/// <param name="Cursor">Up to where your journal was taken in; null where the webhook is for many users.</param>
/// <param name="Pending">Events that wait.</param>
/// <param name="DeadLetters">Events that were given up.</param>
/// <param name="Missed">Events that were lost, because it was too far behind.</param>
/// <param name="Lag">Age of the oldest event that waits, in seconds; 0 when none does.</param>
internal sealed record WebhookJson(
    string Id, string Url, IReadOnlyList<string>? Events, [property: AllowedValues(WebhookJson.Always, WebhookJson.Unacknowledged)] string When,
    DateTimeOffset CreatedAt, bool Enabled, DateTimeOffset? DisabledAt, string? Cursor, int Pending, int DeadLetters, long Missed, double Lag)
{
    public const string Always = "always";
    public const string Unacknowledged = "unacknowledged";

    /// <summary>The jti of the token that it was added with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MadeBy { get; init; }

    /// <summary>Returned once, when the webhook is added.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public static WebhookJson Of(WebhookInfo info, WebhooksOf of, string? secret = null) => new(
        info.Id, info.Url, info.Events is [] ? null : info.Events, info.When is WebhookWhen.Always ? Always : Unacknowledged, info.CreatedAt,
        info.DisabledAt is null, info.DisabledAt, of.IsShared ? null : info.Cursor.ToString(), info.Pending, info.DeadLetters, info.Missed,
        Math.Round(info.Lag.TotalSeconds, 3))
    {
        MadeBy = info.MadeBy,
        Secret = secret,
    };
}

internal sealed record WebhooksJson(IReadOnlyList<WebhookJson> Items);

/// <summary>A new secret; this is the only answer with it.</summary>
/// <param name="Secret">Signs deliveries from now on.</param>
/// <param name="OldSecretUntil">Until then the old one signs them too; null when it is revoked.</param>
internal sealed record WebhookSecretJson(string Secret, DateTimeOffset? OldSecretUntil);

/// <summary>What was sent last, newest first, and what was given up.</summary>
internal sealed record DeliveriesJson(IReadOnlyList<AttemptJson> Items, IReadOnlyList<DeadLetterJson> DeadLetters);

/// <summary>A line of the delivery log.</summary>
/// <param name="EventId">The event.</param>
/// <param name="Type">What it is about.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Outcome">How that went.</param>
/// <param name="Status">Of the receiver's answer; null when there was none.</param>
/// <param name="Error">Why there was none.</param>
/// <param name="NextAttemptAt">When it is tried again; null when it is not.</param>
internal sealed record AttemptJson(
    string EventId, string Type, DateTimeOffset At, int Attempt, string Outcome, int? Status, string? Error, DateTimeOffset? NextAttemptAt)
{
    public static AttemptJson Of(DeliveryAttempt line) =>
        new(line.EventId, line.Type, line.At, line.Attempt, line.Outcome.WireName, line.Status, line.Error, line.NextAttemptAt);
}

/// <summary>An event that was given up.</summary>
internal sealed record DeadLetterJson(string EventId, string Type, string VideoId, DateTimeOffset Time)
{
    public static DeadLetterJson Of(StatusEvent e) => new(e.Id, WebhookEvents.TypeOf(e), e.VideoId, e.At);
}

/// <summary>A replay is under way.</summary>
/// <param name="From">After this cursor; null when it is of dead letters.</param>
/// <param name="DeadLetters">How many of them are tried again.</param>
internal sealed record ReplayedJson(string? From, int DeadLetters);

/// <summary>Strict: nothing that is needed may be missing or null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(WireTimeConverter)],
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(NewWebhookJson))]
[JsonSerializable(typeof(WebhookChangeJson))]
[JsonSerializable(typeof(ReplayJson))]
[JsonSerializable(typeof(SecretRotationJson))]
[JsonSerializable(typeof(WebhookJson))]
[JsonSerializable(typeof(WebhooksJson))]
[JsonSerializable(typeof(WebhookSecretJson))]
[JsonSerializable(typeof(DeliveriesJson))]
[JsonSerializable(typeof(ReplayedJson))]
internal sealed partial class WebhookJsonContext : JsonSerializerContext;
