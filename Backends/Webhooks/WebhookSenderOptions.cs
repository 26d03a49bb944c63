using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;

namespace Ingestion.Backends.Webhooks;

/// <summary>How events are sent to receivers. Section <c>Ingestion:Webhooks</c>, which they share with the settings of the grains.</summary>
public sealed class WebhookSenderOptions : IValidatableObject
{
    /// <summary>Seconds that a receiver has to answer.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Whether addresses may be <c>http</c>. Bodies and ids are readable on the way then; signatures still hold.</summary>
    public bool AllowInsecure { get; set; }

    /// <summary>Whether receivers may be in private networks, on this machine and at other addresses that are not public.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Addresses and networks (CIDR), comma-separated, where no receiver may be, whatever else is allowed. Empty: none.</summary>
    public string ForbiddenNetworks { get; set; } = "";

    /// <summary>The key that seals the secrets of webhooks in stored states, in base64, at least 32 bytes. Empty: one derived from the key of tokens.</summary>
    public string SealingKey { get; set; } = "";

    /// <summary>A second key that opens what it has sealed, for rotation. Empty: none, or the second key of tokens.</summary>
    public string SecondSealingKey { get; set; } = "";

    internal TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);

    internal IReadOnlyList<IPNetwork> Forbidden => [.. Networks.Select(text => TryReadNetwork(text, out var network) ? network : default)];

    private string[] Networks => ForbiddenNetworks.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Networks.Where(text => !TryReadNetwork(text, out _)).Select(text =>
        new ValidationResult($"{nameof(ForbiddenNetworks)} must be addresses or networks: {text}", [nameof(ForbiddenNetworks)]));

    private static bool TryReadNetwork(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
            return true;
        // The framework takes 7 for 0.0.0.7.
        if (!IPAddress.TryParse(text, out var address) || (address.AddressFamily is AddressFamily.InterNetwork && address.ToString() != text))
            return false;
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }
}
