using Ingestion.Api.Console;

namespace Ingestion.Tests.Unit.Console;

public sealed class SignInTicketTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void SignsInOnce()
    {
        var ticket = new SignInTicket(_time);
        Assert.False(ticket.TryUse(null));
        Assert.False(ticket.TryUse(""));
        Assert.False(ticket.TryUse(ticket.Text + "A"));
        Assert.True(ticket.TryUse(ticket.Text));
        Assert.False(ticket.TryUse(ticket.Text));
    }

    [Fact]
    public void IsOver_AfterTenMinutes()
    {
        var ticket = new SignInTicket(_time);
        _time.Advance(SignInTicket.Lifetime - TimeSpan.FromTicks(1));
        var other = new SignInTicket(_time);
        Assert.True(ticket.TryUse(ticket.Text));
        _time.Advance(SignInTicket.Lifetime);
        Assert.False(other.TryUse(other.Text));
    }

    [Fact]
    public void IsAnotherOneInEachSilo() => Assert.NotEqual(new SignInTicket(_time).Text, new SignInTicket(_time).Text);
}
