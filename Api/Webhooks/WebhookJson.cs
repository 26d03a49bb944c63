using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Api.Webhooks;

/// <summary>Body of a request for a webhook: with either <c>url</c> or <c>pull</c>.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Events">Types of events; null: all.</param>
/// <param name="When"><c>always</c> or <c>unacknowledged</c>.</param>
/// <param name="Description">What you call it, up to 200 characters.</param>
/// <param name="Videos">Ids of up to 100 videos, whose events are wanted; null: those of all.</param>
/// <param name="Headers">Up to 8 fields of your own in each request, of up to 1 KiB. Their values are secrets and are not shown again.</param>
/// <param name="Pull">True: nothing is sent; you read the events.</param>
internal sealed record NewWebhookJson(
    string? Url = null,
    IReadOnlyList<string>? Events = null,
    [property: AllowedValues(WebhookJson.Always, WebhookJson.Unacknowledged)] string When = WebhookJson.Always,
    string? Description = null,
    IReadOnlyList<string>? Videos = null,
    IReadOnlyDictionary<string, string?>? Headers = null,
    // A request of before has the same digest under its Idempotency-Key.
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Pull = false);

/// <summary>Body of a request for a replay: one of the two.</summary>
/// <param name="From">The events after this cursor.</param>
/// <param name="DeadLetters">Those that were given up.</param>
/// <param name="Owner">Whose cursor it is, where the webhook is for many users.</param>
internal sealed record ReplayJson(string? From = null, bool DeadLetters = false, string? Owner = null);

/// <summary>Body of a request for a new secret.</summary>
/// <param name="RevokeOld">True: the old secrets stop signing at once.</param>
internal sealed record SecretRotationJson(bool RevokeOld = false);

/// <summary>Body of a request for a change (RFC 7396): what is not in it stays, null takes away.</summary>
internal sealed record WebhookChangeJson
{
    /// <summary>Where to. Events that wait go there too.</summary>
    public string Url { get; set => field = Given(value); } = "";

    /// <summary>False: it stands still. True: it goes on where it stood.</summary>
    public bool Enabled { get; set => field = Given(value); }

    /// <summary>Types of events; null: all.</summary>
    public IReadOnlyList<string>? Events { get; set => field = Given(value); }

    /// <summary>What you call it; null: nothing.</summary>
    public string? Description { get; set => field = Given(value); }

    /// <summary>Ids of videos, whose events are wanted; null: those of all.</summary>
    public IReadOnlyList<string>? Videos { get; set => field = Given(value); }

    /// <summary>Fields that are added or replaced, or with null removed; null: all are removed.</summary>
    public IReadOnlyDictionary<string, string?>? Headers { get; set => field = Given(value); }

    private readonly HashSet<string> _given = [];

    internal IReadOnlySet<string> Names => _given;

    private T Given<T>(T value, [CallerMemberName] string name = "")
    {
        _given.Add(name);
        return value;
    }
}

/// <summary>A webhook.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where to; null where its events are read.</param>
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
    string Id, string? Url, IReadOnlyList<string>? Events, [property: AllowedValues(WebhookJson.Always, WebhookJson.Unacknowledged)] string When,
    DateTimeOffset CreatedAt, bool Enabled, DateTimeOffset? DisabledAt, string? Cursor, int Pending, int DeadLetters, long Missed, double Lag)
{
    public const string Always = "always";
    public const string Unacknowledged = "unacknowledged";

    /// <summary>Whether you read its events, and nothing is sent.</summary>
    public required bool Pull { get; init; }

    /// <summary>Why it is disabled: <c>owner</c>, <c>gone</c> (410) or <c>failing</c>; null while it is enabled, and where that is not known.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>Since when every attempt failed; null: the last one was answered with 2xx, or there was none.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>What you call it.</summary>
    public string? Description { get; init; }

    /// <summary>Ids of the videos whose events are wanted; null: those of all.</summary>
    public IReadOnlyList<string>? Videos { get; init; }

    /// <summary>Names of your own fields in each request; null: there are none.</summary>
    public IReadOnlyList<string>? HeaderNames { get; init; }

    /// <summary>The jti of the token that it was added with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MadeBy { get; init; }

    /// <summary>Returned once, when the webhook is added; absent where its events are read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public static WebhookJson Of(WebhookInfo info, WebhooksOf of, string? secret = null) => new(
        info.Id, info.IsPulled ? null : info.Url, info.Events is [] ? null : info.Events, info.When is WebhookWhen.Always ? Always : Unacknowledged, info.CreatedAt,
        info.DisabledAt is null, info.DisabledAt, of.IsShared ? null : info.Cursor.ToString(), info.Pending, info.DeadLetters, info.Missed,
        Math.Round(info.Lag.TotalSeconds, 3))
    {
        Pull = info.IsPulled,
        DisabledReason = info.DisabledReason,
        FailingSince = info.FailingSince,
        Description = info.Description,
        Videos = info.Videos,
        HeaderNames = info.HeaderNames,
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
/// <param name="EventId">The event.</param>
/// <param name="Type">What it is about.</param>
/// <param name="VideoId">Its video; null when it is about a webhook.</param>
/// <param name="Time">When it happened.</param>
internal sealed record DeadLetterJson(string EventId, string Type, string? VideoId, DateTimeOffset Time)
{
    public static DeadLetterJson Of(StatusEvent e) => new(e.Id, WebhookEvents.TypeOf(e), e.Webhook is null ? e.VideoId : null, e.At);
}

/// <summary>A replay is under way.</summary>
/// <param name="From">After this cursor; null when it is of dead letters.</param>
/// <param name="DeadLetters">How many of them are tried again.</param>
internal sealed record ReplayedJson(string? From, int DeadLetters);

/// <summary>What the receiver answered to a test.</summary>
/// <param name="EventId">Of the event that was sent.</param>
/// <param name="Delivered">Whether it answered 2xx in time.</param>
/// <param name="Status">Of its answer; null when there was none.</param>
/// <param name="Error">Why there was none.</param>
/// <param name="Duration">Seconds that it took.</param>
internal sealed record WebhookTestJson(string EventId, bool Delivered, int? Status, string? Error, double Duration)
{
    public static WebhookTestJson Of(WebhookTest test) =>
        new(test.EventId, test.Status is >= 200 and < 300, test.Status, test.Error, Math.Round(test.Duration.TotalSeconds, 3));
}

/// <summary>Attempts that are not waited for any longer.</summary>
/// <param name="Retried">How many.</param>
internal sealed record RetriedJson(int Retried);

/// <summary>An event that is sent again.</summary>
internal sealed record ResentJson(string EventId);

/// <summary>Strict: nothing that is needed may be missing or null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(WireTimeConverter)],
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NewWebhookJson))]
[JsonSerializable(typeof(WebhookChangeJson))]
[JsonSerializable(typeof(ReplayJson))]
[JsonSerializable(typeof(SecretRotationJson))]
[JsonSerializable(typeof(WebhookJson))]
[JsonSerializable(typeof(WebhooksJson))]
[JsonSerializable(typeof(WebhookSecretJson))]
[JsonSerializable(typeof(DeliveriesJson))]
[JsonSerializable(typeof(ReplayedJson))]
[JsonSerializable(typeof(WebhookTestJson))]
[JsonSerializable(typeof(RetriedJson))]
[JsonSerializable(typeof(ResentJson))]
internal sealed partial class WebhookJsonContext : JsonSerializerContext;
