using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ingestion.Videos;

namespace Ingestion.Status;

/// <summary>
/// An event as clients see it on every transport: a CloudEvent 1.0 as JSON. Here because it is a contract: the edge (sockets, SSE, poll), Backends
/// (webhooks) and the grains (the size of a replay) must write the same bytes, and none of them may reference another.
/// </summary>
public static class CloudEventJson
{
    /// <summary>How all of it is written: no HTML ever holds it, so that what people read stays readable.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The whole of a journalled event.</summary>
    public static byte[] Of(StatusEvent journalled, EventAudience audience, IMediaAddresses? media = null)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
            Write(json, journalled, journalled.JournalPriority, audience, media: media);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the event as one value.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="e">The event.</param>
    /// <param name="priority">Its lane.</param>
    /// <param name="audience">The reader.</param>
    /// <param name="extensions">Writes extension attributes, which stand before the data.</param>
    /// <param name="linkRoot">What links begin with: scheme and host, or nothing.</param>
    /// <param name="media">Signs the addresses that need no token; null: the reader gets none.</param>
    public static void Write(
        Utf8JsonWriter json, StatusEvent e, StatusPriority priority, EventAudience audience, Action<Utf8JsonWriter>? extensions = null, string linkRoot = "",
        IMediaAddresses? media = null)
    {
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", e.Id);
        json.WriteString("source", e.Webhook is { } of ? $"/api/webhooks/{of.WebhookId}" : $"/api/videos/{e.VideoId}");
        json.WriteString("type", e.TypeOf(priority));
        json.WriteString("subject", e.Webhook?.WebhookId ?? e.VideoId);
        json.WriteTime("time", e.At);
        json.WriteString("datacontenttype", "application/json");
        // The extension "distributed tracing". A guest has no part in the owner's traces.
        if (audience is EventAudience.Owner && e.TraceParent is { } trace)
            json.WriteString("traceparent", trace);
        extensions?.Invoke(json);
        json.WriteStartObject("data");
        if (e.Webhook is { } notice)
            WriteNotice(json, notice);
        else
            WriteVideo(json, e, audience, linkRoot, media);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteVideo(Utf8JsonWriter json, StatusEvent e, EventAudience audience, string linkRoot, IMediaAddresses? media)
    {
        json.WriteString("video_id", e.VideoId);
        WriteState(json, e);
        WriteFacts(json, e, audience, linkRoot, media);
    }

    private static void WriteNotice(Utf8JsonWriter json, WebhookNotice notice)
    {
        json.WriteString("webhook_id", notice.WebhookId);
        if (notice.Reason is { } reason)
            json.WriteString("reason", reason);
        if (notice.FailingSince is { } since)
            json.WriteTime("failing_since", since);
        if (notice.DeadLetters is { } dead)
            json.WriteNumber("dead_letters", dead);
    }

    private static void WriteProgress(Utf8JsonWriter json, VideoProgress progress)
    {
        if (progress.Step is { } step)
            json.WriteString("step", step);
        json.WriteNumber("attempt", progress.Attempt);
        if (progress.NextAttemptAt is { } next)
            json.WriteTime("next_attempt_at", next);
    }

    /// <summary>Writes what the event carries of its video, into the object that is open; nothing for progress.</summary>
    public static void WriteFacts(
        Utf8JsonWriter json, StatusEvent e, EventAudience audience, string linkRoot = "", IMediaAddresses? media = null)
    {
        if (e.Facts is not { } facts)
            return;
        if (audience is EventAudience.Owner)
            json.WriteString("owner", facts.Owner);
        if (facts.FileName is { } name)
            json.WriteString("file_name", name);
        if (audience is EventAudience.Owner && facts.ExternalId is { } externalId)
            json.WriteString("external_id", externalId);
        if (facts.SizeBytes is { } size)
            json.WriteNumber("size_bytes", size);
        if (facts.DurationSeconds is { } duration)
            json.WriteNumber("duration_seconds", duration);
        if (facts.Width is { } width)
            json.WriteNumber("width", width);
        if (facts.Height is { } height)
            json.WriteNumber("height", height);
        if (audience is EventAudience.Owner && facts.Metadata is { } metadata)
        {
            json.WriteStartObject("metadata");
            foreach (var (key, value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
        }

        // Before the last byte and after the removal there is nothing at them. Guests may not read the first ones.
        if (e.OfUpload || e.Status is VideoStatus.Receiving or VideoStatus.Deleted)
            return;
        var self = audience is EventAudience.Owner ? $"{linkRoot}/api/videos/{e.VideoId}" : null;
        var signed = media?.Of(linkRoot, e.VideoId, facts.HasPoster);
        if (self is not null || signed is not null)
            WriteLinks(json, self, facts.HasPoster, signed);
    }

    private static void WriteLinks(Utf8JsonWriter json, string? self, bool hasPoster, MediaAddresses? signed)
    {
        json.WriteStartObject("links");
        if (self is not null)
        {
            json.WriteString("self", self);
            json.WriteString("source", self + "/source");
            if (hasPoster)
                json.WriteString("poster", self + "/poster");
        }

        if (signed is not null)
        {
            json.WriteString("source_url", signed.Source);
            if (signed.Poster is { } poster)
                json.WriteString("poster_url", poster);
            json.WriteTime("urls_expire_at", signed.Expires);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes what the video's state is after the event, into the object that is open.</summary>
    public static void WriteState(Utf8JsonWriter json, StatusEvent e)
    {
        json.WriteString("state", e.Status.WireName);
        if (e.Percent is { } percent)
            json.WriteNumber("pct", percent);
        if (e.Progress is { } progress)
            WriteProgress(json, progress);
        if (e.ReceivedBytes is { } bytes)
            json.WriteNumber("received_bytes", bytes);
        if (e.Error is not { } error)
            return;
        json.WriteStartObject("error");
        json.WriteString("code", error.Code);
        json.WriteString("message", error.Message);
        json.WriteEndObject();
    }
}

/// <summary>Who reads an event.</summary>
public enum EventAudience
{
    /// <summary>The owner of the video, or who acts for them.</summary>
    Owner,

    /// <summary>
    /// A guest by a share of this one video: nothing that names the owner or comes from the caller's own data, and no address that a guest can't read. Signed
    /// ones only where the share allows to play.
    /// </summary>
    Guest,
}
