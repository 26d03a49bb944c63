using System.CommandLine;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Settings;

namespace Ingestion.Silo.Commands;

/// <summary>Settings on the command line: <c>--Section:Name=value</c> or <c>--Section:Name value</c>.</summary>
internal static class SettingArguments
{
    private const string Prefix = "--";

    /// <summary>Settings of the framework, by the names that its documentation uses.</summary>
    private static readonly string[] _roots = ["Logging", "Kestrel", "AllowedHosts", "http_ports", "https_ports", "shutdownTimeoutSeconds"];

    private static readonly string[] _secrets =
    [
        $"{KnownSettings.Root}:Token:Key", $"{KnownSettings.Root}:Token:SecondKey", $"{KnownSettings.Root}:Webhooks:SealingKey",
            $"{KnownSettings.Root}:Webhooks:SecondSealingKey",
    ];

    /// <summary>Takes every name, so that settings from everywhere are checked alike.</summary>
    public static Argument<string[]> Create(string example) => new("settings")
    {
        Description = $"Any setting, such as {example}. "
            + $"As an environment variable: Ingestion__Uploads__MaxFileBytes. All of them: {StartException.SettingsPage}.",
        Arity = ArgumentArity.ZeroOrMore,
        HelpName = "--Section:Name value",
    };

    /// <summary>Reads arguments that are none of <paramref name="options"/>.</summary>
    /// <returns>Values by path.</returns>
    /// <exception cref="StartException">Some of them are no settings.</exception>
    public static Dictionary<string, string?> Read(IReadOnlyList<string> tokens, IReadOnlyList<string> options)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var mistakes = new List<string>();
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (!token.StartsWith(Prefix, StringComparison.Ordinal))
            {
                mistakes.Add(Unknown(token, options));
                continue;
            }

            var (name, value) = Split(token[Prefix.Length..]);
            if (value is null && i + 1 < tokens.Count && !tokens[i + 1].StartsWith(Prefix, StringComparison.Ordinal))
                value = tokens[++i];
            if (Mistake(name, value, options) is { } mistake)
                mistakes.Add(mistake);
            else
                settings[name] = value;
        }

        return mistakes.Count == 0 ? settings : throw StartException.OfSettings(mistakes);
    }

    private static (string Name, string? Value) Split(string argument) =>
        argument.IndexOf('=', StringComparison.Ordinal) is var at and >= 0 ? (argument[..at], argument[(at + 1)..]) : (argument, null);

    private static string? Mistake(string name, string? value, IReadOnlyList<string> options)
    {
        // Below another root nothing reads it. A root that is nearly ours is refused by name with the settings.
        if (!name.Contains(':', StringComparison.Ordinal) && !IsOfTheFramework(name))
            return Unknown(Prefix + name, options);
        if (value is null)
            return $"{Prefix}{name} needs a value";
        // Every user of the machine can read command lines.
        return IsSecret(name, value)
            ? $"{name} is a secret and does not belong on the command line: "
                + $"set the environment variable {name.Replace(":", "__", StringComparison.Ordinal)}"
            : null;
    }

    private static bool IsOfTheFramework(string name) =>
        _roots.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase);

    private static bool IsSecret(string name, string value) =>
        _secrets.Contains(name, StringComparer.OrdinalIgnoreCase)
        || (name.EndsWith(nameof(ClusterSettings.ConnectionString), StringComparison.OrdinalIgnoreCase)
            && value.Contains("password", StringComparison.OrdinalIgnoreCase));

    private static string Unknown(string token, IReadOnlyList<string> options) =>
        NearestName.Of(token, options) is { } nearest ? $"{token} is not an option; did you mean {nearest}?" : $"{token} is not an option; --help lists them";
}
