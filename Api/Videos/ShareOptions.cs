using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Videos;

/// <summary>Shares of videos. Section <c>Ingestion:Shares</c>.</summary>
public sealed class ShareOptions
{
    /// <summary>Hours that a share lasts at most.</summary>
    [Range(1, TokenHours)]
    public int MaxHours { get; set; } = 24 * 31;

    /// <summary>Shares of one video that have not ended.</summary>
    [Range(1, 1000)]
    public int MaxPerVideo { get; set; } = 100;

    private const int TokenHours = Auth.TokenService.LongestShare / 3600;
}
