using System.Collections.Frozen;
using Ingestion.Api.Auth;
using Ingestion.Api.Status.Events;
using Ingestion.Api.Status.Sockets;

namespace Ingestion.Tests.Unit.Status.Events;

public class PollPatienceTests
{
    [Theory]
    [InlineData(0, 3600, 0, false)]
    [InlineData(25, 3600, 25, false)]
    [InlineData(60, 3600, 45, false)] // Proxies give up at 50 or 60.
    [InlineData(60, 7, 7, true)]
    [InlineData(60, -1, 0, true)]
    public void Poll_EndsBeforeProxiesGiveUpAndWithItsToken(int wait, int tokenLasts, int expected, bool endsWithToken)
    {
        var time = new ManualTime();
        var expires = time.GetUtcNow().ToUnixTimeSeconds() + tokenLasts;
        var caller = new SocketCaller(new TokenIdentity("ann", 0, 0, 0), expires, MayRead: true, FrozenSet<string>.Empty, SharedVideo: null, ShareId: null);
        Assert.Equal((TimeSpan.FromSeconds(expected), endsWithToken), PollEndpoint.PatienceOf(wait, caller, time));
    }
}
