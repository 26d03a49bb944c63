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

    internal TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);
}
