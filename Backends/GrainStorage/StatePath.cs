using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Backends.GrainStorage;

/// <summary>File names of grain states. Keys may be anything a token's <c>sub</c> holds, so only plain ones become names as they are.</summary>
internal static class StatePath
{
    private const int LongestPlainKey = 80;

    // Never stands in a plain key, so the two kinds can't meet.
    private const string Hashed = "~";

    public static string Of(string folder, string grainType, string key, string stateName)
    {
        var hash = HashOf(key);
        return Path.Combine(folder, grainType, hash[..2], IsPlain(key) ? key : Hashed + hash, stateName + ".json");
    }

    /// <summary>The name of the folder of a grain's states.</summary>
    public static string NameOf(string key) => IsPlain(key) ? key : Hashed + HashOf(key);

    /// <summary>The folder of this name.</summary>
    public static string FolderOf(string folder, string grainType, string name) =>
        Path.Combine(folder, grainType, (name.StartsWith(Hashed, StringComparison.Ordinal) ? name[Hashed.Length..] : HashOf(name))[..2], name);

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

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
