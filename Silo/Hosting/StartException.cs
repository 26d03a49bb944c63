namespace Ingestion.Silo.Hosting;

/// <summary>Why the silo cannot start, in words for the operator: a sentence for each reason, and the page with details.</summary>
internal sealed class StartException(int exitCode, IReadOnlyList<string> sentences, string page, Exception? inner = null)
    : Exception(string.Join("; ", sentences), inner)
{
    /// <summary>EX_CONFIG of sysexits.h: starting again does not help until a setting is changed.</summary>
    public const int ExitOfSettings = 78;

    /// <summary>Starting again may help.</summary>
    public const int ExitOfEnvironment = 1;

    public const string DatabasePage = "docs/operate/data.md";

    public const string UpgradePage = "docs/operate/upgrade.md";

    public const string SettingsPage = "docs/operate/settings.md";

    public int ExitCode => exitCode;

    public IReadOnlyList<string> Sentences => sentences;

    public string Page => page;

    public static StartException OfSettings(IReadOnlyList<string> sentences, Exception? inner = null) => new(ExitOfSettings, sentences, SettingsPage, inner);

    /// <summary>The database has to be changed before a start can help.</summary>
    public static StartException OfDatabase(string sentence) => new(ExitOfSettings, [sentence], DatabasePage);

    public static StartException OfEnvironment(string sentence, Exception? inner = null, string page = SettingsPage) =>
        new(ExitOfEnvironment, [sentence], page, inner);
}
