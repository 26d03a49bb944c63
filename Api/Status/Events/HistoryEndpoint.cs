using System.Globalization;
using System.Text.Json;
using Ingestion.Api.Problems;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Status.Events;

/// <summary>All of the journal that is kept, in pages: for audits, and for what no replay brings.</summary>
internal static class HistoryEndpoint
{
    /// <summary>Events in one page.</summary>
    public const int LongestPage = 100;

    // Entries that one request looks at: a filter that fits nothing must not read a journal of 100,000 in one go.
    private const int MostRead = 1_000;

    public static async Task<Results<HistoryResult, ProblemResult>> ReadAsync(
        HttpContext context, IGrainFactory grains, OwnVideos videos, string? cursor, string? limit, string? from, string? to)
    {
        var caller = SocketCaller.Of(context.User);
        if (!int.TryParse(limit ?? $"{LongestPage}", NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is 0 or > LongestPage)
            return Problem.LimitInvalid.ToResult();
        if (!TryReadTime(from, out var since) || !TryReadTime(to, out var until) || since > until)
            return Problem.PeriodInvalid.ToResult();
        string[] types = [.. context.Request.Query["type"].SelectMany(type => (type ?? "").Split(','))];
        if (!types.All(WebhookEvents.All.Contains))
            return Problem.EventTypeInvalid.ToResult();
        var (request, refusal) = await EventRequest.ReadAsync(context, caller, grains, videos, cursor ?? "");
        if (request is null)
            return refusal!;
        bool Wants(StatusEvent e) => (request.Channels.Videos?.Contains(e.VideoId) ?? true) && !(e.At < since) && !(e.At >= until)
            && (types.Length == 0 || types.Contains(WebhookEvents.TypeOf(e)));
        var page = await ReadAsync(grains.GetGrain<IStatusGrain>(caller.User), request.Since?.Cursor ?? new Cursor(Cursor.EmptyEpoch, 0), count, Wants);
        context.Response.Headers.CacheControl = "no-store";
        return new HistoryResult(page, caller.Audience, request.Media);
    }

    private static async Task<HistoryPage> ReadAsync(IStatusGrain journal, Cursor after, int limit, Predicate<StatusEvent> wants)
    {
        var (found, read, trimmed) = (new List<JournalEntry>(), 0, false);
        while (true)
        {
            var page = await journal.ReadAsync(after, LongestPage);
            trimmed |= !page.Follows(after);
            after = page.IsLost || after.Epoch != page.End.Epoch ? page.End with { Offset = page.IsLost ? 0 : after.Offset } : after;
            foreach (var entry in page.Entries)
            {
                after = after with { Offset = entry.Offset };
                if (wants(entry.Event))
                    found.Add(entry);
                if (found.Count == limit)
                    break;
            }

            read += page.Entries.Count;
            var isOver = page.Entries.Count == 0 || after.Offset >= page.End.Offset;
            if (isOver || found.Count == limit || read >= MostRead)
                return new HistoryPage(found, after, !isOver, trimmed);
        }
    }

    private static bool TryReadTime(string? text, out DateTimeOffset? time)
    {
        time = WireTime.TryParse(text, out var parsed) ? parsed : null;
        return string.IsNullOrEmpty(text) || time is not null;
    }
}

/// <summary>Some of a journal.</summary>
/// <param name="Events">Oldest first.</param>
/// <param name="Cursor">The place behind the last entry that was looked at.</param>
/// <param name="HasMore">Whether the journal goes on there.</param>
/// <param name="IsTrimmed">Some of what lies before the first entry, and behind the given cursor or the beginning, is not kept any more.</param>
internal sealed record HistoryPage(IReadOnlyList<JournalEntry> Events, Cursor Cursor, bool HasMore, bool IsTrimmed);

/// <summary>A page: <c>{events: [CloudEvent], cursor, next_cursor, trimmed}</c>.</summary>
internal sealed class HistoryResult(HistoryPage page, EventAudience audience, IMediaAddresses? media) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, CloudEventJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("events");
        foreach (var entry in page.Events)
            EntryJson.Write(json, entry, audience, media, new EventPlace(page.Cursor, Broadcasts: null));
        json.WriteEndArray();
        json.WriteString("cursor", page.Cursor.ToString());
        json.WriteString("next_cursor", page.HasMore ? page.Cursor.ToString() : null);
        json.WriteBoolean("trimmed", page.IsTrimmed);
        json.WriteEndObject();
    }
}
