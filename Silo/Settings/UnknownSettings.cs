using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace Ingestion.Silo.Settings;

/// <summary>Settings that nothing reads: a misspelt limit would otherwise be as good as none.</summary>
internal static class UnknownSettings
{
    /// <summary>One sentence for each, with the nearest setting there is, and where it comes from.</summary>
    public static IEnumerable<string> Find(IConfigurationRoot configuration)
    {
        foreach (var (path, value) in configuration.AsEnumerable().OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (value is null || KnownSettings.All.ContainsKey(path))
                continue;
            if (IsOurs(path))
                yield return Sentence(path, Source(configuration, path));
        }
    }

    /// <summary>Below our section, below a section that is spelt almost like it, or with single underscores where two belong.</summary>
    private static bool IsOurs(string path)
    {
        var root = path.Split(':')[0];
        if (root.Equals(KnownSettings.Root, StringComparison.OrdinalIgnoreCase) || KnownSettings.All.ContainsKey(path.Replace('_', ':')))
            return true;
        return root.Length < path.Length && NearestName.Distance(root.ToUpperInvariant(), KnownSettings.Root.ToUpperInvariant()) <= 2;
    }

    private static string Sentence(string path, string source)
    {
        var what = KnownSettings.Sections.Any(section => section.Path.Equals(path, StringComparison.OrdinalIgnoreCase))
            ? $"{path} is a section and has no value of its own"
            : $"{path} is not a setting";
        return NearestName.Of(path, KnownSettings.All.Values.Select(setting => setting.Path)) is { } nearest
            ? $"{what} ({source}); did you mean {nearest}?"
            : $"{what} ({source})";
    }

    private static string Source(IConfigurationRoot configuration, string path)
    {
        // The last source that has it wins.
        foreach (var provider in configuration.Providers.Reverse())
        {
            if (!provider.TryGet(path, out _))
                continue;
            return provider switch
            {
                EnvironmentVariablesConfigurationProvider => $"environment variable {path.Replace(":", "__", StringComparison.Ordinal)}",
                JsonConfigurationProvider file => file.Source.Path ?? "a file",
                _ => "command line",
            };
        }

        return "configuration";
    }
}
