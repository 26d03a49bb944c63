using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Uploads;

/// <summary>Limits of uploads.</summary>
public sealed class UploadOptions
{
    /// <summary>Largest file taken, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxFileBytes { get; set; } = 20L * 1024 * 1024 * 1024;

    /// <summary>
    /// Whether a file must start like a known video container. Off, anything is stored and processing decides; for containers that are not
    /// known here yet, and for load tests with random bytes.
    /// </summary>
    public bool RequireKnownContainer { get; set; } = true;
}
