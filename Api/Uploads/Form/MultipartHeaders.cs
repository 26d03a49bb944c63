using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Uploads.Form;

/// <summary>The header of a form part.</summary>
/// <param name="Name">The field's name; null when it has none.</param>
/// <param name="FileName">The client's name of the file, as it was sent.</param>
internal sealed record MultipartHeaders(string? Name, string? FileName)
{
    private const string Disposition = "Content-Disposition:";
    private const string Type = "Content-Type:";

    /// <summary>False: the part has a disposition, which is not that of a form's field (RFC 7578, section 4.2), or can't be read.</summary>
    public bool IsOfAForm { get; init; } = true;

    /// <summary>The media type that the client gives the part; null where it gives none. Compared with that of the same request only.</summary>
    public string? ContentType { get; init; }

    /// <summary>A part without a disposition has no name.</summary>
    public static MultipartHeaders Parse(string text)
    {
        var lines = Unfold(text).Split("\r\n");
        var type = lines.FirstOrDefault(line => line.StartsWith(Type, StringComparison.OrdinalIgnoreCase))?[Type.Length..].Trim();
        return Parse(lines) with { ContentType = type };
    }

    private static MultipartHeaders Parse(string[] lines)
    {
        var isOfAForm = true;
        foreach (var line in lines)
        {
            isOfAForm &= !line.StartsWith(Disposition, StringComparison.OrdinalIgnoreCase);
            if (line.StartsWith(Disposition, StringComparison.OrdinalIgnoreCase)
                && ContentDispositionHeaderValue.TryParse(line[Disposition.Length..].Trim(), out var value)
                && value.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase))
                return new MultipartHeaders(Uploads.FileName.Unquote(Uploads.FileName.Raw(value, "name")), Uploads.FileName.Of(value));
        }

        return new MultipartHeaders(null, null) { IsOfAForm = isOfAForm };
    }

    /// <summary>Headers of MIME may be folded (RFC 5322, section 2.2.3): a line that begins with a blank continues the one before.</summary>
    private static string Unfold(string lines) =>
        lines.Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", "\t", StringComparison.Ordinal);
}
