using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Admin;

/// <summary>What the answering silo runs with.</summary>
internal static class ConfigAdmin
{
    public static void MapConfigAdmin(this RouteGroupBuilder admin) => admin.MapGet("/config", Get)
        .Operation("getConfig", "The settings of the silo that answers, with where each is from. Of what could be a secret only whether it is set.");

    private static Ok<ConfigJson> Get(HttpContext context, ILocalSiloDetails silo, EffectiveSettings settings)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new ConfigJson(silo.SiloAddress.ToParsableString(), [.. settings.Items.Select(SettingJson.Of)]));
    }
}

/// <summary>The settings of a silo, as it has read them at its start.</summary>
/// <param name="Silo">Its address.</param>
/// <param name="Items">Every setting there is, by name.</param>
internal sealed record ConfigJson(string Silo, IReadOnlyList<SettingJson> Items);

/// <summary>A setting.</summary>
/// <param name="Name">Such as <c>Ingestion:Uploads:MaxFileBytes</c>.</param>
/// <param name="Value">Absent where it is not set, or hidden.</param>
/// <param name="Hidden">It is set, and not shown.</param>
/// <param name="Source">Where the value is from; <c>default</c>: it is set nowhere.</param>
internal sealed record SettingJson(
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Value,
    bool Hidden,
    [property: AllowedValues("default", "file", "environment", "command_line")] string Source)
{
    public static SettingJson Of(EffectiveSetting setting) => new(setting.Name, setting.Value, setting.Hidden, setting.Source switch
    {
        SettingSource.File => "file",
        SettingSource.Environment => "environment",
        SettingSource.CommandLine => "command_line",
        _ => "default",
    });
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConfigJson))]
internal sealed partial class ConfigAdminJson : JsonSerializerContext;
