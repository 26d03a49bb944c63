using System.Text.RegularExpressions;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>What changes with each minute in an event that is written out: the same event of two transports is compared without it.</summary>
internal static partial class SignedParts
{
    public static string WithoutSigned(this string json) => Signed().Replace(json, "\"$1\":\"\"");

    [GeneratedRegex("\"(source_url|poster_url|urls_expire_at)\":\"[^\"]*\"")]
    private static partial Regex Signed();
}
