using System.Security.Cryptography;
using Ingestion.Api.Auth;
using Ingestion.Api.Status.Events;

namespace Ingestion.Tests.Unit.RateLimits;

/// <summary>Tickets that cost nothing when they are guessed.</summary>
public sealed class TicketsTests
{
    private static readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] _other = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void TicketIsOurs_WhicheverOfOurKeysSignedIt()
    {
        var ticket = new Tickets(new TokenKeys(_key, null)).Make();
        Assert.Matches("^[A-Za-z0-9_-]{32}$", ticket);
        Assert.True(new Tickets(new TokenKeys(_key, null)).IsOurs(ticket));
        Assert.True(new Tickets(new TokenKeys(_other, _key)).IsOurs(ticket));
        Assert.False(new Tickets(new TokenKeys(_other, null)).IsOurs(ticket));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public void GuessIsNot(string guess) => Assert.False(new Tickets(new TokenKeys(_key, null)).IsOurs(guess));

    [Fact]
    public void ChangedTicketIsNot()
    {
        var tickets = new Tickets(new TokenKeys(_key, null));
        var ticket = tickets.Make();
        for (var i = 0; i < ticket.Length; i++)
            Assert.False(tickets.IsOurs(ticket[..i] + (ticket[i] == 'A' ? 'B' : 'A') + ticket[(i + 1)..]));
    }
}
