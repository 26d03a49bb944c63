using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Auth;

/// <summary>Which bearer tokens are believed. The algorithm is not a choice: HS256 with the key below, nothing else.</summary>
public sealed class TokenOptions
{
    /// <summary>The shared key, base64, at least 32 bytes. Empty: the key file is used, and in Development made on first run.</summary>
    public string Key { get; set; } = "";

    /// <summary>Path of a file that holds the key in base64, readable by its owner only.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The <c>iss</c> a token must have.</summary>
    [Required]
    public string Issuer { get; set; } = "ingestion";

    /// <summary>The <c>aud</c> a token must have.</summary>
    [Required]
    public string Audience { get; set; } = "ingestion";

    /// <summary>Seconds by which the clocks of issuer and service may differ.</summary>
    [Range(0, 300)]
    public int ClockSkewSeconds { get; set; } = 5;
}
