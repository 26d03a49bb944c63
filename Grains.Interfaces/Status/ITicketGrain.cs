namespace Ingestion.Status;

/// <summary>
/// Lets a browser's EventSource in, which can't send a token: good once, for 30 s, on any silo. Key: the ticket, which nobody can guess.
/// Kept in memory: one that is lost with its silo is asked for again.
/// </summary>
[Alias("ingestion.event-ticket")]
public interface ITicketGrain : IGrainWithStringKey
{
    /// <summary>Who comes with this ticket is <paramref name="holder"/>.</summary>
    [Alias("issue")]
    Task IssueAsync(TicketHolder holder);

    /// <summary>Who it is; null when the ticket is unknown, used or too old. It is used from then on.</summary>
    [Alias("redeem")]
    Task<TicketHolder?> RedeemAsync();
}

/// <summary>Whom a ticket stands for.</summary>
/// <param name="User">The user.</param>
/// <param name="TokenExpires">When the token ends that the ticket was asked for with, in Unix seconds; the stream ends with it.</param>
[GenerateSerializer, Immutable, Alias("ingestion.ticket-holder")]
public sealed record TicketHolder([property: Id(0)] string User, [property: Id(1)] long TokenExpires);
