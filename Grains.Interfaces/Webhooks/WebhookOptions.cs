using System.ComponentModel.DataAnnotations;

namespace Ingestion.Webhooks;

/// <summary>Webhooks. Section <c>Ingestion:Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Webhooks of one user.</summary>
    [Range(1, 100)]
    public int MaxPerUser { get; set; } = 8;

    /// <summary>Seconds that a receiver has to answer.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Seconds that sockets have to acknowledge a terminal event before it goes to the webhooks that wait for that.</summary>
    [Range(1, 3600)]
    public int EscalateAfterSeconds { get; set; } = 30;

    /// <summary>Seconds between two checks of a user's webhooks: what a crash interrupts waits no longer than that.</summary>
    [Range(1, 3600)]
    public int CheckSeconds { get; set; } = 300;

    /// <summary>Whether addresses may be <c>http</c>. Bodies and ids are readable on the way then; signatures still hold.</summary>
    public bool AllowInsecure { get; set; }

    /// <summary>Whether receivers may be in private networks, on this machine and at other addresses that are not public.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary><see cref="TimeoutSeconds"/>.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);

    /// <summary><see cref="EscalateAfterSeconds"/>.</summary>
    public TimeSpan EscalateAfter => TimeSpan.FromSeconds(EscalateAfterSeconds);

    /// <summary><see cref="CheckSeconds"/>.</summary>
    public TimeSpan CheckPeriod => TimeSpan.FromSeconds(CheckSeconds);
}
