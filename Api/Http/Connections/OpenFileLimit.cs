using System.Globalization;

namespace Ingestion.Api.Http.Connections;

/// <summary>How many files the process may have open. The runtime raises the soft limit to the hard one as it starts.</summary>
internal static class OpenFileLimit
{
    private const string File = "/proc/self/limits";
    private const string Name = "Max open files";

    /// <summary>Null where there is no limit, or none that can be read.</summary>
    public static long? Read()
    {
        try
        {
            return Parse(System.IO.File.ReadLines(File));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not Linux.
            return null;
        }
    }

    internal static long? Parse(IEnumerable<string> limits)
    {
        var line = limits.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files) ? files : null;
    }
}
