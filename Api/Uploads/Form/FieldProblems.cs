using Ingestion.Api.Problems;

namespace Ingestion.Api.Uploads.Form;

/// <summary>Refusals because of a form's fields, with the names of those that came.</summary>
internal static class FieldProblems
{
    // Of a name that only shows the client its mistake.
    private const int Longest = 64;

    /// <summary>The field as it is shown: bounded, and without what a terminal would obey.</summary>
    public static string Describe(string? name) => PlainText.Clean(name ?? "", Longest) is { Length: > 0 } shown ? $"\"{shown}\"" : "without a name";

    /// <summary>The form has ended without the file. <paramref name="other"/>: the first field that had one; null: none.</summary>
    public static Problem Missing(string? other) =>
        other is null ? Problem.VideoFileMissing : Problem.VideoFileMissing with { Detail = $"The form has a file in the field {other}." };

    /// <summary>
    /// A field is larger than one that is passed over. A file before any <c>video_file</c> is most likely the video itself under another name.
    /// </summary>
    public static Problem TooLarge(MultipartHeaders part, bool isBesideTheFile) => part.FileName is null || isBesideTheFile
        ? Problem.FieldTooLarge with { Detail = $"The field {Describe(part.Name)} is larger than 64 KiB." }
        : Missing(Describe(part.Name));
}
