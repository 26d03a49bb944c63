using System.Security.Cryptography;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Grains.Uploads;

/// <summary>
/// Inspects a source that is stored whole, before its video exists: for what could not be seen while its bytes came, because they went to the
/// store directly or came in several requests. It reads the store, so the result is true of the bytes that are kept.
/// </summary>
internal static class SourceInspection
{
    private const string UnknownType = "application/octet-stream";

    // What is read at a time; a source is never held whole.
    private const int BufferSize = 128 * 1024;

    /// <summary>Costs nothing where nothing is open.</summary>
    public static async Task<Inspected> InspectAsync(IObjectStore store, IContainerSniffer sniffer, ObjectKey source, UploadManifest manifest)
    {
        var type = manifest.ContentType;
        // A piece of a video shows nothing.
        if (type is null && manifest.Kind is not UploadKind.Partial)
        {
            (type, var refusal) = await SniffAsync(store, sniffer, source);
            if (type is null && manifest.MustBeKnown)
                return Refused(refusal);
        }

        if (manifest.Digest is { } digest && !await HasAsync(store, source, digest))
            return new Inspected(UploadOutcome.DigestMismatch, UnknownType, new VideoError("digest_mismatch", "The bytes are not the ones of the digest."));
        return new Inspected(UploadOutcome.Ok, type ?? UnknownType, null);
    }

    private static Inspected Refused(SourceRefusal refusal)
    {
        var (outcome, code, message) = refusal switch
        {
            SourceRefusal.AudioOnly => (UploadOutcome.AudioOnly, "audio_only", "The file holds sound and no pictures."),
            SourceRefusal.ImageOnly => (UploadOutcome.ImageOnly, "image_only", "The file is a picture and no video."),
            SourceRefusal.RawStream => (UploadOutcome.RawStream, "raw_stream", "The file is a video stream without a container."),
            _ => (UploadOutcome.NotAVideo, "not_a_video", "The file does not start like a video container that is known here."),
        };
        return new Inspected(outcome, UnknownType, new VideoError(code, message));
    }

    private static async Task<(string? Type, SourceRefusal Refusal)> SniffAsync(IObjectStore store, IContainerSniffer sniffer, ObjectKey source)
    {
        var start = new byte[IContainerSniffer.WantedBytes];
        await using var content = await OpenAsync(store, source, start.Length);
        var length = await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false);
        return (sniffer.Sniff(start.AsSpan(0, length)), sniffer.WhyNot(start.AsSpan(0, length)));
    }

    private static async Task<bool> HasAsync(IObjectStore store, ObjectKey source, SourceDigest digest)
    {
        using var hash = IncrementalHash.CreateHash(new HashAlgorithmName(digest.Algorithm));
        var buffer = new byte[BufferSize];
        await using var content = await OpenAsync(store, source, count: null);
        int read;
        while ((read = await content.ReadAsync(buffer)) > 0)
            hash.AppendData(buffer, 0, read);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(digest.Value.Span);
    }

    /// <summary>It was completed a moment ago: a store that does not show it yet makes the completion fail, to be retried.</summary>
    private static async Task<Stream> OpenAsync(IObjectStore store, ObjectKey source, long? count) =>
        (await store.OpenReadAsync(source, 0, count, CancellationToken.None))?.Stream
            ?? throw new IOException($"The store has completed {source.VideoId} and does not show it.");
}

/// <summary>What a source is.</summary>
/// <param name="Outcome">Ok, or why it is none.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="Error">Why it fails; null when it is good.</param>
internal sealed record Inspected(UploadOutcome Outcome, string ContentType, VideoError? Error);
