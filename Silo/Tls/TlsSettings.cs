using System.ComponentModel.DataAnnotations;

namespace Ingestion.Silo.Tls;

/// <summary>TLS between silos: each shows a certificate of its own, and takes others by their authority. Section <c>Ingestion:Cluster:Tls</c>.</summary>
internal sealed class TlsSettings : IValidatableObject
{
    public const string Section = "Ingestion:Cluster:Tls";

    /// <summary>File of this silo's certificate in PEM, and behind it those between it and the authority.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>File of the certificate's key in PEM, without a password, that only its owner and group can read.</summary>
    public string Key { get; set; } = "";

    /// <summary>File of the authority's certificate in PEM, or of several. Whatever has a certificate of it is a silo: it signs nothing else.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Silos that other machines can reach may talk in the clear: something else sees to it that only silos reach them.</summary>
    public bool Disabled { get; set; }

    public bool IsOn => Certificate.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, string Value)[] files = [(nameof(Certificate), Certificate), (nameof(Key), Key), (nameof(Authority), Authority)];
        var given = files.Where(file => file.Value.Length > 0).ToArray();
        if (given.Length > 0 && Disabled)
            yield return new ValidationResult($"must be false with {Section}:{given[0].Name}", [nameof(Disabled)]);
        foreach (var (name, _) in given.Length > 0 ? files.Except(given) : [])
            yield return new ValidationResult($"must be set with {Section}:{given[0].Name}", [name]);
    }
}
