namespace Ingestion.Webhooks;

/// <summary>What a user's webhooks need of the grain of the user's journal.</summary>
[Flags]
public enum WebhookNeeds : byte
{
    /// <summary>Nothing: there is none, or none that works.</summary>
    None = 0,

    /// <summary>To be woken after each event.</summary>
    Events = 1,

    /// <summary>That acknowledgements outlive the grain: an event that a socket has must not escalate after a crash.</summary>
    Acknowledgements = 2,
}
