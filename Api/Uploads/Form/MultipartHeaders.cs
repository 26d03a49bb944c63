using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Uploads.Form;

/// <summary>The header of a form part.</summary>
/// <param name="Name">The field's name; null when it has none.</param>
/// <param name="FileName">The client's name of the file, as it was sent.</param>
internal sealed record MultipartHeaders(string? Name, string? FileName)
{
    private const string Disposition = "Content-Disposition:";

    /// <summary>Only the disposition counts here; a part without one has no name.</summary>
    public static MultipartHeaders Parse(string lines)
    {
        foreach (var line in lines.Split("\r\n"))
        {
            if (line.StartsWith(Disposition, StringComparison.OrdinalIgnoreCase)
                && ContentDispositionHeaderValue.TryParse(line[Disposition.Length..].Trim(), out var value)
                && value.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase))
                return new MultipartHeaders(Uploads.FileName.Unquote(Uploads.FileName.Raw(value, "name")), Uploads.FileName.Of(value));
        }

        return new MultipartHeaders(null, null);
    }
}
