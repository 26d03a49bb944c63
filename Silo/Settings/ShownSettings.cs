using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Ingestion.Api.Admin;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace Ingestion.Silo.Settings;

/// <summary>
/// What the silo runs with, for operators. A value is shown where it cannot be a secret: a number, true or false, one of the words that a setting may be, and
/// the texts that are named here. Of everything else only whether it is set, so that a new setting is hidden until it gets a line here.
/// </summary>
internal static class ShownSettings
{
    /// <summary>Names, hosts and folders. No address of a service, which may have a password in it, and nothing of where keys are.</summary>
    public static readonly FrozenSet<string> Texts = new[]
    {
        "Data", "Roles", "Worker:ToolPath",
        "Cluster:AdvertisedAddress", "Cluster:ListenAddress", "Cluster:SiloName", "Cluster:ClusterId", "Cluster:ServiceId",
        "Token:Issuer", "Token:Audience", "Token:Algorithms", "Token:UserClaim", "Token:ScopeClaim",
        "Console:SignIn:ClientId", "Console:SignIn:Scope", "Console:SignIn:Audience",
        "Http:AllowedHosts", "Http:TrustedProxies", "Http:CorsOrigins", "Webhooks:ForbiddenNetworks",
        "S3:Bucket", "S3:Prefix", "S3:Region", "Sqs:QueueName", "Sqs:Region",
    }.Select(name => $"{KnownSettings.Root}:{name}").ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static EffectiveSettings Read(IConfigurationRoot configuration) =>
        new([.. KnownSettings.All.Values.OrderBy(setting => setting.Path, StringComparer.Ordinal).Select(setting => Read(configuration, setting))]);

    private static EffectiveSetting Read(IConfigurationRoot configuration, Setting setting)
    {
        var text = configuration[setting.Path] ?? SettingText.Of(setting.Default);
        var shown = Shown(setting, text);
        var source = SourceOf(configuration, setting.Path);
        return new EffectiveSetting(setting.Path, shown, text.Length > 0 && shown is null && source is not SettingSource.Default, source);
    }

    /// <summary>Null where it is not shown, or there is nothing to show.</summary>
    private static string? Shown(Setting setting, string text)
    {
        if (text.Length == 0)
            return null;
        var type = setting.Property.PropertyType;
        if (type == typeof(string))
            return Texts.Contains(setting.Path) || Words(setting.Property).Contains(text) ? text : null;
        // The value and not its text: what a section that is not used has is not checked at the start, and may be anything.
        var isPlain = (Nullable.GetUnderlyingType(type) ?? type) is { IsPrimitive: true } or { IsEnum: true };
        return isPlain && SettingText.TryRead(type, text, out var value) ? SettingText.Of(value) : null;
    }

    private static string[] Words(PropertyInfo property) =>
        property.GetCustomAttribute<RegularExpressionAttribute>() is { } choice && SettingRange.IsChoice(choice.Pattern) ? choice.Pattern.Split('|') : [];

    private static SettingSource SourceOf(IConfigurationRoot configuration, string path) =>
        configuration.Providers.LastOrDefault(provider => provider.TryGet(path, out _)) switch
        {
            null => SettingSource.Default,
            EnvironmentVariablesConfigurationProvider => SettingSource.Environment,
            JsonConfigurationProvider => SettingSource.File,
            _ => SettingSource.CommandLine,
        };
}
