using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Grains.Uploads;

/// <summary>
/// What is kept of an owner whose video was deleted: enough to recognise the owner for as long as requests may still come, and no name. Pure.
/// </summary>
internal static class OwnerMark
{
    private const char Sign = '~';

    public static string Of(string owner) => Sign + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)));

    /// <summary>Whether a record's <paramref name="stored"/> owner, or the mark of one, is <paramref name="owner"/>.</summary>
    public static bool Is(string stored, string owner) => stored == owner || (stored.StartsWith(Sign) && stored == Of(owner));
}
