using Ingestion.Api.Auth;
using Ingestion.Api.Console;
using Ingestion.Silo.Commands;
using Ingestion.Silo.Settings;

namespace Ingestion.Silo.Hosting;

internal static class Configuration
{
    private const string DefaultAddress = "http://127.0.0.1:8080";

    /// <summary>Settings lie beside the executable, whatever folder it is started in; the data folder is relative to where it is started.</summary>
    public static WebApplicationOptions HostOptions(this RunArguments arguments) =>
        new() { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = arguments.Environment };

    /// <summary>Adds the settings of the command line, checks all settings, and reads what must be known before composing.</summary>
    /// <exception cref="StartException">Some are wrong.</exception>
    public static SiloSettings AddSettings(this WebApplicationBuilder builder, IReadOnlyDictionary<string, string?> arguments)
    {
        builder.Configuration.AddInMemoryCollection(arguments);
        if (SettingsCheck.Run(builder.Configuration) is { Count: > 0 } mistakes)
            throw StartException.OfSettings(mistakes);

        var settings = builder.Configuration.GetSection(KnownSettings.Root).Get<SiloSettings>() ?? new SiloSettings();
        PodDefaults.Apply(settings.Cluster, builder.Configuration);
        var signIn = builder.Configuration.GetSection($"{KnownSettings.Root}:Console:SignIn").Get<SignInOptions>() ?? new SignInOptions();
        var tokens = builder.Configuration.GetSection($"{KnownSettings.Root}:Token").Get<TokenOptions>() ?? new TokenOptions();
        string?[] unfit = [SharingRules.Mistake(settings), RoleRules.Mistake(settings), settings.HasRole(Roles.Api) ? SignInRules.Mistake(signIn, tokens) : null];
        if (unfit.OfType<string>().ToArray() is { Length: > 0 } reasons)
            throw StartException.OfSettings(reasons);
        // Before what the silo finds by itself: an operator looks for what was set.
        builder.Services.AddSingleton(ShownSettings.Read(builder.Configuration));
        var defaults = new Dictionary<string, string?>();
        if (builder.Configuration["Ingestion:Token:KeyFile"] is null or "")
            defaults["Ingestion:Token:KeyFile"] = KeyFile(settings);
        if (!HasAddress(builder.Configuration))
            defaults[WebHostDefaults.ServerUrlsKey] = DefaultAddress;
        builder.Configuration.AddInMemoryCollection(defaults);
        return settings;
    }

    /// <summary>Where a development key is kept.</summary>
    public static string KeyFile(SiloSettings settings) => settings.DataPath(Path.Combine("keys", "token.key"));

    /// <summary>By any of the ways that the framework has.</summary>
    private static bool HasAddress(ConfigurationManager configuration) =>
        configuration[WebHostDefaults.ServerUrlsKey] is { Length: > 0 } || configuration[WebHostDefaults.HttpPortsKey] is { Length: > 0 }
        || configuration[WebHostDefaults.HttpsPortsKey] is { Length: > 0 } || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
}
