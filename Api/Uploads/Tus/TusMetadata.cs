using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ingestion.Api.Problems;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>
/// <c>Upload-Metadata</c>: comma-separated pairs of a key and a base64 value, which may be missing. Stored and sent back as it came. Of its
/// keys the names of the file and <c>external_id</c> mean something here, a media type among them is never believed, and the others travel with the video.
/// </summary>
internal static class TusMetadata
{
    /// <summary>It is kept with the upload and sent back on every look at it. 8 KiB of metadata and a name fit, with what base64 adds.</summary>
    public const int Longest = 16 * 1024;

    private static readonly string[] _nameKeys = ["filename", "name"];
    private static readonly string[] _typeKeys = ["filetype", "type"];

    /// <summary>The field of a request; empty where there is none.</summary>
    public static (TusDescription Description, Problem? Problem) Read(HttpRequest request)
    {
        var text = request.Headers[TusHeaders.Metadata].ToString();
        if (text.Length == 0)
            return (default, null);
        if (!TryRead(text, out var pairs))
            return (default, Problem.UploadMetadataInvalid);
        var (caller, wrong) = CallerDataOf(pairs);
        return wrong is null ? (new TusDescription(text, FileNameOf(pairs), caller), null) : (default, wrong);
    }

    /// <summary>
    /// False when it is not what the protocol wants: keys are unique and of visible ASCII, values base64. More than one blank between them, and base64 without
    /// its padding, are taken: what they mean is plain. Values are read out padded.
    /// </summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? pairs)
    {
        pairs = null;
        if (text.Length > Longest)
            return false;
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var range in text.AsSpan().Split(','))
        {
            // A proxy that joins fields puts a blank behind each comma.
            var pair = text.AsSpan(range).Trim(" \t");
            var space = pair.IndexOf(' ');
            var key = space < 0 ? pair : pair[..space];
            var value = Padded(space < 0 ? [] : pair[space..].TrimStart(' '));
            if (!IsVisible(key) || key.IsEmpty || !IsVisible(value) || !Base64.IsValid(value) || !read.TryAdd(key.ToString(), value))
                return false;
        }

        pairs = read;
        return true;
    }

    /// <summary>The name of the file, for display; null when there is none.</summary>
    public static string? FileNameOf(IReadOnlyDictionary<string, string> pairs)
    {
        foreach (var key in _nameKeys)
        {
            if (pairs.TryGetValue(key, out var value) && FileName.Clean(Encoding.UTF8.GetString(Convert.FromBase64String(value))) is { } name)
                return name;
        }

        return null;
    }

    /// <summary>What is to travel with the video, or why it is refused.</summary>
    public static (CallerData? Data, Problem? Problem) CallerDataOf(IReadOnlyDictionary<string, string> pairs)
    {
        var fields = new CallerFields();
        foreach (var (key, value) in pairs)
        {
            if (!_nameKeys.Contains(key) && !_typeKeys.Contains(key))
                fields.Add(key, Convert.FromBase64String(value));
        }

        return fields.Read();
    }

    private static string Padded(ReadOnlySpan<char> value)
    {
        var bare = value.TrimEnd('=');
        // More of it than could be right stays wrong.
        return value.Length - bare.Length > Math.Min(bare.Length, 2) ? value.ToString() : bare.ToString().PadRight((bare.Length + 3) / 4 * 4, '=');
    }

    private static bool IsVisible(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('!', '~');
}

/// <summary>What <c>Upload-Metadata</c> has of an upload.</summary>
/// <param name="Text">As sent; null when there was none.</param>
/// <param name="FileName">The name of the file, for display.</param>
/// <param name="Caller">What is to travel with the video.</param>
internal readonly record struct TusDescription(string? Text, string? FileName, CallerData? Caller);
