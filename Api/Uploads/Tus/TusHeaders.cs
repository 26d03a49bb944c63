using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>The fields of tus 1.0.0 (https://tus.io/protocols/resumable-upload), and how their values are read: strictly.</summary>
internal static class TusHeaders
{
    /// <summary>The version of the protocol that is spoken here.</summary>
    public const string SpokenVersion = "1.0.0";

    public const string Resumable = "Tus-Resumable";
    public const string Version = "Tus-Version";
    public const string Extension = "Tus-Extension";
    public const string MaxSize = "Tus-Max-Size";
    public const string ChecksumAlgorithm = "Tus-Checksum-Algorithm";

    public const string Offset = "Upload-Offset";
    public const string Length = "Upload-Length";
    public const string DeferLength = "Upload-Defer-Length";
    public const string Metadata = "Upload-Metadata";
    public const string Expires = "Upload-Expires";
    public const string Concat = "Upload-Concat";
    public const string Checksum = "Upload-Checksum";

    /// <summary>The media type of a body that is a piece of an upload.</summary>
    public const string PieceType = "application/offset+octet-stream";

    /// <summary>
    /// A number of bytes: digits only, once. A number that no integer holds is <see cref="long.MaxValue"/>, which is more than is ever taken.
    /// </summary>
    public static bool TryReadBytes(StringValues values, out long bytes)
    {
        bytes = 0;
        if (values is not [{ Length: > 0 } text] || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return false;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes))
            bytes = long.MaxValue;
        return true;
    }

    /// <summary>Whether the body is declared to be a piece of an upload.</summary>
    public static bool IsPiece(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(PieceType, StringComparison.OrdinalIgnoreCase);

    public static string Text(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);

    /// <summary>An HTTP-date.</summary>
    public static string Text(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);
}
