using System.Buffers;
using System.Text.Json;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Grains.Status;

/// <summary>
/// How many bytes a replay takes: of each event its JSON as it is written, and for what a frame has around that an upper bound. 300 events are
/// measured in a fraction of a millisecond, less than sending them takes by far.
/// </summary>
internal static class ReplaySize
{
    /// <summary>
    /// What a socket's <c>evt</c> frame has around its CloudEvent at most: 170 bytes of names, ids, numbers and its head, and two cursors of up
    /// to 28 bytes each. Server-Sent Events have less.
    /// </summary>
    public const int AroundEvent = 226;

    /// <summary>Bytes of all of them, with the addresses that <paramref name="media"/> signs. A guest gets fewer.</summary>
    public static long Of(IReadOnlyList<JournalEntry> entries, IMediaAddresses? media = null)
    {
        var alike = media is null ? null : new EquallyLong(media);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, CloudEventJson.Options);
        var size = 0L;
        foreach (var entry in entries)
        {
            buffer.ResetWrittenCount();
            json.Reset(buffer);
            CloudEventJson.Write(json, entry.Event, entry.Event.JournalPriority, EventAudience.Owner, media: alike);
            json.Flush();
            size += AroundEvent + buffer.WrittenCount;
        }

        return size;
    }

    /// <summary>Signs once in place of twice for each event: only the length counts.</summary>
    private sealed class EquallyLong(IMediaAddresses media) : IMediaAddresses
    {
        private MediaAddresses? _any;

        public MediaAddresses? Of(string root, string videoId, bool hasPoster)
        {
            _any ??= media.Of(root, videoId, hasPoster: true);
            return hasPoster || _any is null ? _any : _any with { Poster = null };
        }
    }
}
