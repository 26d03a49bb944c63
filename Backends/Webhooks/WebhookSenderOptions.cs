using System.ComponentModel.DataAnnotations;

namespace Ingestion.Backends.Webhooks;

/// <summary>How events are sent to receivers. Section <c>Ingestion:Webhooks</c>, which they share with the settings of the grains.</summary>
public sealed class WebhookSenderOptions
{
    /// <summary>Seconds that a receiver has to answer.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Whether addresses may be <c>http</c>. Bodies and ids are readable on the way then; signatures still hold.</summary>
    public bool AllowInsecure { get; set; }

    /// <summary>Whether receivers may be in private networks, on this machine and at other addresses that are not public.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>The key that seals the secrets of webhooks in stored states, in base64, at least 32 bytes. Empty: one derived from the key of tokens.</summary>
    public string SealingKey { get; set; } = "";

    /// <summary>A second key that opens what it has sealed, for rotation. Empty: none, or the second key of tokens.</summary>
    public string SecondSealingKey { get; set; } = "";

    internal TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);
}
