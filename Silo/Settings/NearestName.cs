using System.Text.RegularExpressions;

namespace Ingestion.Silo.Settings;

/// <summary>The likely meaning of a name that does not exist.</summary>
internal static partial class NearestName
{
    /// <summary>The name that is fewest keystrokes away, or else the name that shares most words; null when none is close.</summary>
    public static string? Of(string wrong, IEnumerable<string> names)
    {
        var known = names.ToArray();
        var asTyped = known.MinBy(name => Distance(wrong.ToUpperInvariant(), name.ToUpperInvariant()));
        if (asTyped is null || Distance(wrong.ToUpperInvariant(), asTyped.ToUpperInvariant()) <= 1 + (asTyped.Length / 8))
            return asTyped;
        var words = Words(wrong);
        var alike = known.MaxBy(name => Likeness(words, Words(name)))!;
        return Likeness(words, Words(alike)) > 0 ? alike : null;
    }

    /// <summary>Characters to add, remove or replace (Levenshtein).</summary>
    public static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }

    /// <summary>Shared words among all of them. What every setting begins with does not count.</summary>
    private static double Likeness(HashSet<string> a, HashSet<string> b) => (double)a.Intersect(b).Count() / a.Union(b).Count();

    private static HashSet<string> Words(string name) =>
        [.. Word().Matches(name).Select(match => match.Value.ToUpperInvariant()).Where(word => word != "INGESTION")];

    [GeneratedRegex("[A-Z]+[a-z0-9]*|[a-z0-9]+")]
    private static partial Regex Word();
}
