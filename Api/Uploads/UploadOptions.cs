using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Uploads;

/// <summary>Limits of uploads.</summary>
public sealed class UploadOptions
{
    /// <summary>Largest file taken, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxFileBytes { get; set; } = 20L * 1024 * 1024 * 1024;
}
