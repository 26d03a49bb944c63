using Ingestion.Backends.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>Signatures as other people's libraries make them.</summary>
public class WebhookSignatureTests
{
    // The example that the libraries of Standard Webhooks are tested with.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static readonly byte[] _body = """{"test": 2432232314}"""u8.ToArray();

    [Fact]
    public void Signature_IsThatOfThePublishedExample() => Assert.Equal(Expected, Sign(Secret));

    [Fact]
    public void EverySecretSigns_WhenThereAreSeveral()
    {
        var other = "whsec_" + Convert.ToBase64String(new byte[32]);
        Assert.Equal($"{Sign(other)} {Expected}", WebhookSignature.Sign([other, Secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, _body));
        Assert.NotEqual(Expected, Sign(other));
    }

    private static string Sign(string secret) => WebhookSignature.Sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, _body);
}
