using System.ComponentModel.DataAnnotations;

namespace Ingestion.Grains.Webhooks;

/// <summary>Webhooks of users. Section <c>Ingestion:Webhooks</c>, which they share with the settings of the sender.</summary>
public sealed class WebhookOptions
{
    /// <summary>Webhooks of one user.</summary>
    [Range(1, 100)]
    public int MaxPerUser { get; set; } = 8;

    /// <summary>Seconds that sockets have to acknowledge a terminal event before it goes to the webhooks that wait for that.</summary>
    [Range(1, 3600)]
    public int EscalateAfterSeconds { get; set; } = 30;

    /// <summary>Seconds between two checks of a user's webhooks: what a crash interrupts waits no longer than that.</summary>
    [Range(1, 3600)]
    public int CheckSeconds { get; set; } = 300;

    /// <summary>Hours of nothing but failures after which a webhook is disabled. 0: never.</summary>
    [Range(0, 8_760)]
    public int DisableAfterHours { get; set; } = 120;

    /// <summary><see cref="CheckSeconds"/>.</summary>
    public TimeSpan CheckPeriod => TimeSpan.FromSeconds(CheckSeconds);

    /// <summary>What links in deliveries begin with: the public address, where a setting of the edge names it. A delivery has no request that would.</summary>
    internal string LinkRoot { get; set; } = "";

    internal TimeSpan? DisableAfter => DisableAfterHours == 0 ? null : TimeSpan.FromHours(DisableAfterHours);

    internal TimeSpan EscalateAfter => TimeSpan.FromSeconds(EscalateAfterSeconds);
}
