using System.Globalization;
using Ingestion.Api.Problems;
using Ingestion.Webhooks;

namespace Ingestion.Api.Webhooks;

/// <summary>Reads requests for webhooks: pure. Only resolving the address shows where it points.</summary>
internal static class WebhookRequest
{
    /// <summary>Bytes of a body: it has room for 8 fields of 1 KiB and 100 videos.</summary>
    public const int LongestBody = 32 * 1024;

    private const int LongestDescription = 200;
    private const int MostVideos = 100;
    private const int LongestHeaderName = 64;
    private const int LongestHeaderValue = 1024;

    // What belongs to the connection, to the body or to us. Expect would wait for an answer before the body.
    private static readonly HashSet<string> _ownHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Expect", "Host", "HTTP2-Settings", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade",
    };

    private static readonly string[] _ownPrefixes = ["Content-", "Webhook-"];

    /// <summary>The webhook, or why there is none: the problem and one sentence about it.</summary>
    public static (NewWebhook? Webhook, Problem? Problem, string? Detail) Read(NewWebhookJson body, bool isShared)
    {
        if (CheckWay(body) is var (wrong, why))
            return (null, wrong, why);
        // What a socket of its owner has acknowledged is known to the webhooks of that owner only. Who reads an event may well have it from a socket.
        string[] whens = isShared || body.Pull ? [WebhookJson.Always] : [WebhookJson.Always, WebhookJson.Unacknowledged];
        if (!whens.Contains(body.When))
            return Refuse(Problem.JsonInvalid.At("$.when", whens), $"$.when: {Quote(body.When)} is none of {string.Join(", ", whens)}.");
        var when = body.When == WebhookJson.Always ? WebhookWhen.Always : WebhookWhen.Unacknowledged;
        if (body.Headers?.Count > WebhookChanged.MostHeaders)
            return Refuse(Problem.WebhookHeaderInvalid.At("$.headers"), $"$.headers: at most {WebhookChanged.MostHeaders}.");
        var refusal = CheckEvents(body.Events, when) ?? CheckDescription(body.Description) ?? CheckVideos(body.Videos)
            ?? CheckHeaders(body.Headers, mayRemove: false);
        if (refusal is var (problem, detail))
            return (null, problem, detail);
        var webhook = new NewWebhook(body.Url ?? "", Distinct(body.Events), when)
        {
            Description = body.Description is "" ? null : body.Description,
            Videos = body.Videos is null ? null : Distinct(body.Videos),
            Headers = HeadersOf(body.Headers),
            IsPulled = body.Pull,
        };
        return (webhook, null, null);
    }

    /// <summary>The change of a webhook of this kind, or why there is none.</summary>
    public static (WebhookChange? Change, Problem? Problem, string? Detail) Read(WebhookChangeJson body, WebhookWhen when)
    {
        bool Has(string name) => body.Names.Contains(name);
        if (body.Names.Count == 0)
            return (null, Problem.JsonInvalid, "Nothing is to be changed.");
        var refusal = (Has(nameof(body.Events)) ? CheckEvents(body.Events, when) : null) ?? CheckDescription(body.Description) ?? CheckVideos(body.Videos)
            ?? CheckHeaders(body.Headers, mayRemove: true);
        if (refusal is var (problem, detail))
            return (null, problem, detail);
        var change = new WebhookChange
        {
            Url = Has(nameof(body.Url)) ? body.Url : null,
            Enabled = Has(nameof(body.Enabled)) ? body.Enabled : null,
            Events = Has(nameof(body.Events)) ? Distinct(body.Events) : null,
            Description = Has(nameof(body.Description)) ? body.Description ?? "" : null,
            Videos = Has(nameof(body.Videos)) ? Distinct(body.Videos) : null,
            Headers = HeadersOf(body.Headers),
            DropsHeaders = Has(nameof(body.Headers)) && body.Headers is null,
        };
        return (change, null, null);
    }

    /// <summary>Events are sent somewhere, or read.</summary>
    private static (Problem Problem, string Detail)? CheckWay(NewWebhookJson body) => body switch
    {
        { Pull: false, Url: null } => (Problem.JsonInvalid.At("$.url"), "$.url: it is missing; in its place \"pull\": true has you read the events."),
        { Pull: true, Url: not null } => (Problem.JsonInvalid.At("$.url"), "$.url: either url or pull."),
        { Pull: true, Headers: not null } => (Problem.JsonInvalid.At("$.headers"), "$.headers: with pull there is no request that would have them."),
        _ => null,
    };

    private static (Problem Problem, string Detail)? CheckEvents(IReadOnlyList<string>? events, WebhookWhen when)
    {
        // Others are never waited for, so that a webhook for them would stay silent.
        var known = when is WebhookWhen.Always ? WebhookEvents.All : WebhookEvents.Terminal;
        var place = events is [] ? 0 : events?.TakeWhile(type => type is not null && known.Contains(type)).Count();
        if (place is null || (place == events!.Count && place > 0))
            return null;
        var allowed = known.Order(StringComparer.Ordinal).ToArray();
        var member = events.Count == 0 ? "$.events" : string.Create(CultureInfo.InvariantCulture, $"$.events[{place}]");
        var what = events.Count == 0 ? "an empty list is no wish; leave it out for all types" : $"{Quote(events[place.Value])} is no type of event";
        return (Problem.JsonInvalid.At(member, allowed), $"{member}: {what}. Allowed: {string.Join(", ", allowed)}.");
    }

    private static (Problem Problem, string Detail)? CheckDescription(string? description) =>
        description?.Length > LongestDescription || description?.Any(char.IsControl) is true
            ? (Problem.JsonInvalid.At("$.description"), $"$.description: at most {LongestDescription} characters, without control characters.")
            : null;

    private static (Problem Problem, string Detail)? CheckVideos(IReadOnlyList<string>? videos)
    {
        if (videos is null || (videos.Count is > 0 and <= MostVideos && videos.All(MediaId.IsValid)))
            return null;
        return (Problem.JsonInvalid.At("$.videos"), $"$.videos: from 1 to {MostVideos} ids of videos; leave it out for all.");
    }

    private static (Problem Problem, string Detail)? CheckHeaders(IReadOnlyDictionary<string, string?>? headers, bool mayRemove)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers ?? new Dictionary<string, string?>())
        {
            // Never the value.
            var wrong = !names.Add(name) ? "the name is there twice"
                : !IsName(name) ? "no name of a field that you can set"
                : value is null && mayRemove ? null
                : !IsValue(value) ? $"the value must be 1 to {LongestHeaderValue} visible characters of ASCII, with spaces only between them"
                : null;
            if (wrong is not null)
                return (Problem.WebhookHeaderInvalid.At("$.headers"), $"$.headers, {Quote(name)}: {wrong}.");
        }

        return null;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= LongestHeaderName && !_ownHeaders.Contains(name)
        && !_ownPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    private static bool IsValue(string? value) => value is { Length: > 0 and <= LongestHeaderValue }
        && value.All(c => c is >= ' ' and <= '~') && value[0] != ' ' && value[^1] != ' ';

    private static WebhookHeader[]? HeadersOf(IReadOnlyDictionary<string, string?>? headers) =>
        headers?.Select(header => new WebhookHeader(header.Key, header.Value ?? "")).ToArray();

    private static string[] Distinct(IReadOnlyList<string>? items) => [.. items?.Distinct() ?? []];

    private static (NewWebhook?, Problem?, string?) Refuse(Problem problem, string detail) => (null, problem, detail);

    /// <summary>As much of a text as belongs into a refusal.</summary>
    private static string Quote(string? text) => text is null ? "null" : $"\"{(text.Length > 64 ? text[..64] + "…" : text)}\"";
}
