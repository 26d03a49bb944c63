using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingestion.Api.Console;

/// <summary>What the page has to know to sign in at an identity provider, as one of its files. Anyone may read it; nothing in it is secret.</summary>
internal static class SignInSettings
{
    public const string File = "sign-in.json";

    public static byte[] Write(SignInOptions options)
    {
        var provider = options.IsOn ? new ProviderJson(options.Authority.TrimEnd('/'), options.ClientId, options.Scope, options.Audience) : null;
        return JsonSerializer.SerializeToUtf8Bytes(new SignInSettingsJson(provider), SignInSettingsJsonContext.Default.SignInSettingsJson);
    }
}

/// <summary>The sign-in.</summary>
/// <param name="Provider">Null: there is no provider.</param>
internal sealed record SignInSettingsJson(ProviderJson? Provider);

/// <summary>An identity provider.</summary>
/// <param name="Authority">Its address, without a slash at the end.</param>
/// <param name="ClientId">Of the console.</param>
/// <param name="Scope">To be requested.</param>
/// <param name="Audience">To be requested; empty: none.</param>
internal sealed record ProviderJson(string Authority, string ClientId, string Scope, string Audience);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SignInSettingsJson))]
internal sealed partial class SignInSettingsJsonContext : JsonSerializerContext;
