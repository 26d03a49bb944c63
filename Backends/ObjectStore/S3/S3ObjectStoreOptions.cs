using System.ComponentModel.DataAnnotations;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// Settings of the store on Amazon S3 or what speaks its protocol. Credentials are none of them: they come from the SDK's chain
/// (environment, profile, web identity, container, instance).
/// </summary>
public sealed class S3ObjectStoreOptions : IValidatableObject
{
    /// <summary>The bucket. It must exist.</summary>
    [Required]
    public string Bucket { get; set; } = "";

    /// <summary>What all keys begin with, such as <c>videos/</c>; empty for none.</summary>
    [RegularExpression(@"[A-Za-z0-9!_.'()/-]*")]
    public string Prefix { get; set; } = "";

    /// <summary>The endpoint, where it is not Amazon's regional one.</summary>
    [Url]
    public string? ServiceUrl { get; set; }

    /// <summary>The region, such as eu-central-1; what the SDK's chain finds when not given. With <see cref="ServiceUrl"/> what is signed for.</summary>
    public string? Region { get; set; }

    /// <summary>Puts the bucket into the path and not into the host name, as most servers beside Amazon's want it.</summary>
    public bool PathStyle { get; set; }

    /// <summary>Encryption that is requested of the store: <c>none</c> (the bucket's default), <c>AES256</c> or <c>aws:kms</c>.</summary>
    [RegularExpression("none|AES256|aws:kms")]
    public string ServerSideEncryption { get; set; } = "none";

    /// <summary>The key of <c>aws:kms</c>; the account's default one when not given.</summary>
    public string? KmsKeyId { get; set; }

    /// <summary>What travels with each part for the store to verify: <c>none</c> or <c>crc32c</c>. TLS protects the way there either way.</summary>
    [RegularExpression("none|crc32c")]
    public string Checksum { get; set; } = "none";

    /// <summary>Smallest size of a part, in MiB; S3 demands 5. Larger ones cost memory, smaller ones requests.</summary>
    [Range(5, 1024)]
    public int PartMebibytes { get; set; } = 8;

    /// <summary>How many parts go to the store at once, each over a connection of its own; fewer while the store does not take them in time.</summary>
    [Range(1, 4096)]
    public int MaxConnections { get; set; } = 64;

    /// <summary>How long a request is retried while the store fails, in seconds; never longer than 12, in which clients get their answer.</summary>
    [Range(0, 3600)]
    public int RetrySeconds { get; set; } = 120;

    /// <summary>When a try without an answer is given up, in seconds; one with a body gets a second more for every 512 KiB.</summary>
    [Range(1, 600)]
    public int AttemptSeconds { get; set; } = 15;

    /// <summary>No request of a client waits longer for the store. Not a setting: only tests whose clock runs fast change it.</summary>
    internal TimeSpan Patience { get; set; } = S3Outage.Patience;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KmsKeyId is not null && ServerSideEncryption != "aws:kms")
            yield return new ValidationResult("KmsKeyId is for ServerSideEncryption aws:kms.", [nameof(KmsKeyId)]);
    }
}
