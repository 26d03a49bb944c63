namespace Ingestion.Status;

/// <summary>
/// Lets a browser's EventSource in, which can't send a token: good once, for 30 s, on any silo. Key: the ticket, which can't be
/// guessed. Kept in memory: a client whose ticket is lost with its silo requests another one.
/// </summary>
[Alias("ingestion.event-ticket"), GrainInterfaceType("ingestion.event-ticket")]
public interface ITicketGrain : IGrainWithStringKey
{
    /// <summary>The ticket stands for <paramref name="holder"/> from now on.</summary>
    [Alias("issue")]
    Task IssueAsync(TicketHolder holder);

    /// <summary>Whom the ticket stands for; it stays good: a request that is refused for another reason does not use it up.</summary>
    /// <returns>Its holder; null when the ticket is unknown, used or too old.</returns>
    [Alias("look")]
    Task<TicketHolder?> LookAsync();

    /// <summary>Uses the ticket up.</summary>
    /// <returns>Its holder; null when the ticket is unknown, used or too old.</returns>
    [Alias("redeem")]
    Task<TicketHolder?> RedeemAsync();
}

/// <summary>The caller that a ticket stands for.</summary>
/// <param name="User">The user.</param>
/// <param name="TokenExpires">When the token ends that the ticket was requested with, in Unix seconds; the stream ends with it.</param>
[GenerateSerializer, Immutable, Alias("ingestion.ticket-holder")]
public sealed record TicketHolder([property: Id(0)] string User, [property: Id(1)] long TokenExpires)
{
    /// <summary>What the deny list knows the token by; 0: the token has no <c>jti</c>.</summary>
    [Id(2)]
    public long TokenNumber { get; init; }

    /// <summary>When the token was issued, in Unix seconds; 0: it has none.</summary>
    [Id(3)]
    public long TokenIssued { get; init; }

    /// <summary>With a share: what the deny list knows the token by that the share was made with; 0: nothing.</summary>
    [Id(4)]
    public long TokenMaker { get; init; }

    /// <summary>The roles whose broadcasts the holder gets; null: none.</summary>
    [Id(5)]
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>The one video that a guest may watch; null: all of the user's.</summary>
    [Id(6)]
    public string? SharedVideo { get; init; }

    /// <summary>With it: the share, as the video's record has it.</summary>
    [Id(7)]
    public string? ShareId { get; init; }
}
