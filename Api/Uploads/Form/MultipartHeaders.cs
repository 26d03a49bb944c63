using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Uploads.Form;

/// <summary>The header of a form part.</summary>
/// <param name="Name">The field's name; null when it has none.</param>
/// <param name="FileName">The client's name of the file, as it was sent.</param>
internal sealed record MultipartHeaders(string? Name, string? FileName)
{
    private const string Disposition = "Content-Disposition:";

    /// <summary>False: the part has a disposition, which is not that of a form's field (RFC 7578, section 4.2), or can't be read.</summary>
    public bool IsOfAForm { get; init; } = true;

    /// <summary>Only the disposition counts here; a part without one has no name.</summary>
    public static MultipartHeaders Parse(string lines)
    {
        var isOfAForm = true;
        foreach (var line in Unfold(lines).Split("\r\n"))
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
