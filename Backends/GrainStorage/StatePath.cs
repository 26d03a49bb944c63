using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Backends.GrainStorage;

/// <summary>File names of grain states. Keys may be anything a token's <c>sub</c> holds, so only plain ones become names as they are.</summary>
internal static class StatePath
{
    private const int LongestPlainKey = 80;

    public static string Of(string folder, string grainType, string key, string stateName)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        // '~' never stands in a plain key, so the two kinds can't meet.
        var name = IsPlain(key) ? key : "~" + hash;
        return Path.Combine(folder, grainType, hash[..2], name, stateName + ".json");
    }

    /// <summary>Lowercase only, as some file systems fold case; no leading dot.</summary>
    private static bool IsPlain(string key)
    {
        if (key.Length is 0 or > LongestPlainKey || key[0] is '.')
            return false;
        foreach (var c in key)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.' or '@'))
                return false;
        }

        return true;
    }
}
