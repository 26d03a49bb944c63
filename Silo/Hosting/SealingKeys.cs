using Ingestion.Api.Auth;
using Ingestion.Backends.Webhooks;
using Ingestion.Silo.Settings;

namespace Ingestion.Silo.Hosting;

/// <summary>The keys that seal secrets of webhooks: those of the settings, or those of tokens, from which the sealer derives its own.</summary>
internal static class SealingKeys
{
    /// <summary>The first one seals. A silo in any role needs them, as any may send webhooks.</summary>
    /// <exception cref="InvalidOperationException">There is none that can be used. The message is a sentence for the operator.</exception>
    public static IReadOnlyList<byte[]> Load(IConfiguration configuration, bool mayCreate)
    {
        const string Section = $"{KnownSettings.Root}:Webhooks";
        var sealing = configuration.GetSection(Section).Get<WebhookSenderOptions>() ?? new WebhookSenderOptions();
        List<byte[]> keys = [];
        if (sealing.SealingKey.Length > 0)
            keys.Add(SigningKey.Read(sealing.SealingKey, $"{Section}:{nameof(sealing.SealingKey)}"));
        if (sealing.SecondSealingKey.Length > 0)
            keys.Add(SigningKey.Read(sealing.SecondSealingKey, $"{Section}:{nameof(sealing.SecondSealingKey)}"));
        var tokens = configuration.GetSection($"{KnownSettings.Root}:Token").Get<TokenOptions>() ?? new TokenOptions();
        // Beside a key of their own they still open what was sealed before there was one.
        if (sealing.SealingKey.Length == 0 || SigningKey.Exists(tokens))
            keys.Add(SigningKey.Load(tokens, mayCreate));
        if (SigningKey.LoadSecond(tokens) is { } second)
            keys.Add(second);
        return keys;
    }
}
