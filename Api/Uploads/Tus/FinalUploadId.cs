using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>
/// The id of what these pieces make in this order. No request has to be remembered for it, so two of them at the same time in two silos mean one
/// upload. It has the shape of every other id: its time is that of the piece that was created last, the rest is as hard to guess as the ids of the pieces.
/// </summary>
internal static class FinalUploadId
{
    private const int TimeDigits = 12;

    public static string Of(string owner, IReadOnlyList<string> pieces)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{owner}\n{string.Join('\n', pieces)}")));
        var newest = pieces.Max(StringComparer.Ordinal)!;
        // Version 7 and the variant of RFC 9562.
        return string.Concat(newest.AsSpan(0, TimeDigits), "7" + hash[..3], "89ab"[hash[3] % 4].ToString(), hash.AsSpan(4, MediaId.Length - TimeDigits - 5));
    }
}
