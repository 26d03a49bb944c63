using Ingestion.Api.Status.Framing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Tests.Unit.Status.Framing;

/// <summary>What is taken of a handshake.</summary>
public sealed class OfferTests
{
    [Theory]
    [InlineData("ingestion.v1", "ingestion.v1", null)]
    [InlineData("bearer.x, ingestion.v1", "ingestion.v1", null)]
    [InlineData("ingestion.v1.cbor, ingestion.v1", "ingestion.v1.cbor", null)]
    [InlineData("ingestion.v2, ingestion.v1.cbor", "ingestion.v1.cbor", null)]
    [InlineData("ingestion.v2, bearer.x", null, "ingestion.v2")]
    [InlineData("ingestion.v1.json", null, "ingestion.v1.json")]
    [InlineData("Ingestion.v1", null, null)]
    [InlineData("chat", null, null)]
    public void Subprotocol_IsTheFirstThatIsSpokenHere(string offered, string? taken, string? retired)
    {
        var offer = Read(offered, null, deflate: false);
        Assert.Equal((taken, retired), (offer.Codec?.Subprotocol, offer.Retired));
    }

    [Theory]
    [InlineData("permessage-deflate", true, true)]
    [InlineData("permessage-deflate; server_max_window_bits=10", false, true)]
    [InlineData("permessage-deflate; =", false, false)]
    [InlineData(null, false, true)]
    public void Deflate_IsAgreedOn_WhenItIsOnAndOffered(string? extensions, bool agreed, bool wellFormed)
    {
        var offer = Read("ingestion.v1", extensions, deflate: true);
        Assert.Equal((agreed, wellFormed), (offer.Codec?.Deflates is true, offer.IsWellFormed));
        Assert.Equal(agreed, offer.Extensions is not null);
        Assert.Null(Read("ingestion.v1", extensions, deflate: false).Extensions);
    }

    private static Offer Read(string protocols, string? extensions, bool deflate)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpWebSocketFeature>(new WebSocketRequest());
        context.Request.Headers.SecWebSocketProtocol = protocols;
        context.Request.Headers.SecWebSocketExtensions = extensions;
        return Offer.Of(context, deflate);
    }

    private sealed class WebSocketRequest : IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => true;

        public Task<System.Net.WebSockets.WebSocket> AcceptAsync(WebSocketAcceptContext context) => throw new NotSupportedException();
    }
}
