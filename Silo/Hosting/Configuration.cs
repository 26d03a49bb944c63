using System.ComponentModel.DataAnnotations;
using Ingestion.Api.Auth;

namespace Ingestion.Silo.Hosting;

internal static class Configuration
{
    private static readonly Dictionary<string, string> _switches = new()
    {
        ["--data"] = "Ingestion:Data",
        ["--roles"] = "Ingestion:Roles",
    };

    /// <summary>Adds the short command line switches, and reads what must be known before composing.</summary>
    public static SiloSettings AddSettings(this WebApplicationBuilder builder, string[] args)
    {
        CommandLineSecrets.Refuse(args);
        builder.Configuration.AddCommandLine(args, _switches);
        var settings = Read(builder.Configuration);
        if (builder.Configuration["Ingestion:Token:KeyFile"] is null or "")
            builder.Configuration["Ingestion:Token:KeyFile"] = KeyFile(settings);
        return settings;
    }

    public static SiloSettings Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Ingestion").Get<SiloSettings>() ?? new SiloSettings();
        Validator.ValidateObject(settings, new ValidationContext(settings), validateAllProperties: true);
        Validator.ValidateObject(settings.Cluster, new ValidationContext(settings.Cluster), validateAllProperties: true);
        return settings;
    }

    /// <summary>Where a development key is kept.</summary>
    public static string KeyFile(SiloSettings settings) => settings.DataPath(Path.Combine("keys", "token.key"));
}
