using Ingestion.Api.Uploads.Resumable;

namespace Ingestion.Api.Uploads.Tus;

/// <summary><c>Upload-Concat</c>: the upload is a piece of another one, or put together from such pieces.</summary>
/// <param name="Text">As sent.</param>
/// <param name="Parts">Ids of the pieces, in order; null when the upload is one itself.</param>
internal sealed record TusConcat(string Text, IReadOnlyList<string>? Parts)
{
    /// <summary>Each piece costs a look at it, before anything else is known.</summary>
    public const int MostParts = 1_000;

    private const string Final = "final;";

    /// <summary>Null when it is neither <c>partial</c> nor <c>final;</c> with addresses of uploads.</summary>
    public static TusConcat? Read(string text)
    {
        if (text == "partial")
            return new TusConcat(text, Parts: null);
        if (!text.StartsWith(Final, StringComparison.Ordinal))
            return null;
        var parts = new List<string>();
        foreach (var range in text.AsSpan(Final.Length).Split(' '))
        {
            var address = text.AsSpan(Final.Length)[range];
            if (address.IsEmpty)
                continue;
            if (IdOf(address) is not { } id || parts.Count == MostParts)
                return null;
            parts.Add(id);
        }

        return parts.Count == 0 ? null : new TusConcat(text, parts);
    }

    /// <summary>
    /// Absolute or relative, under whatever host and prefix a proxy shows us: what counts is the end of the path. Nothing is ever fetched from
    /// the address, and only the owner's own uploads are found by the id.
    /// </summary>
    private static string? IdOf(ReadOnlySpan<char> address)
    {
        var isAddress = address.StartsWith("/") || address.StartsWith("http://") || address.StartsWith("https://");
        var slash = address.LastIndexOf('/');
        if (!isAddress || !address[..slash].EndsWith(ResumableEndpoints.Root, StringComparison.Ordinal) || address.ContainsAny(',', '?', '#'))
            return null;
        var id = address[(slash + 1)..].ToString();
        return MediaId.IsValid(id) ? id : null;
    }
}
