using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>Uploads whose parts go to the object store itself. Section <c>Ingestion:DirectUploads</c>.</summary>
public sealed class DirectUploadOptions
{
    /// <summary>How long the address of a part can be used, in seconds; never longer than its upload may lie. Fresh ones can be requested.</summary>
    [Range(1, 7 * 86_400)]
    public int UrlLifetimeSeconds { get; set; } = 3_600;

    internal TimeSpan UrlLifetime => TimeSpan.FromSeconds(UrlLifetimeSeconds);
}
