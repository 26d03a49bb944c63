using System.Security.Cryptography;
using Ingestion.Backends.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>The stored text alone is useless.</summary>
public class WebhookSealerTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly byte[] _old = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] _new = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void SealIsOpened_UnderItsOwnKeyOfWebhooksOnly()
    {
        using var sealer = new WebhookSealer([_old]);
        var stored = sealer.Seal(Secret, "ann");
        Assert.Equal(Secret, sealer.Open(stored, "ann"));
        Assert.Null(sealer.Open(stored, "bob"));
        Assert.DoesNotContain("whsec_", stored, StringComparison.Ordinal);
        Assert.NotEqual(stored, sealer.Seal(Secret, "ann"));
    }

    [Fact]
    public void ClearTextIsOpened_AndIsNotCurrent()
    {
        using var sealer = new WebhookSealer([_old]);
        Assert.Equal((Secret, false), (sealer.Open(Secret, "ann"), sealer.IsCurrent(Secret)));
    }

    /// <summary>Each step of a rotation.</summary>
    [Fact]
    public void SealOfEitherKeyIsOpened_WhileKeysAreRotated()
    {
        using var before = new WebhookSealer([_old]);
        using var both = new WebhookSealer([_new, _old]);
        using var after = new WebhookSealer([_new]);
        var stored = before.Seal(Secret, "ann");
        Assert.Equal((Secret, false), (both.Open(stored, "ann"), both.IsCurrent(stored)));
        Assert.Null(after.Open(stored, "ann"));
        var again = both.Seal(both.Open(stored, "ann")!, "ann");
        Assert.Equal((Secret, true, null), (after.Open(again, "ann"), both.IsCurrent(again), before.Open(again, "ann")));
    }

    [Theory]
    [InlineData("sealed:1:")]
    [InlineData("sealed:1:unknown:AAAA")]
    [InlineData("sealed:1:a:b:c")]
    [InlineData("cut")]
    [InlineData("changed")]
    [InlineData("no base64")]
    public void NothingIsOpened_WhenTheSealIsBroken(string how)
    {
        using var sealer = new WebhookSealer([_old]);
        var stored = sealer.Seal(Secret, "ann");
        var start = stored[..(stored.LastIndexOf(':') + 1)];
        var broken = how switch
        {
            "cut" => start + "AAAA",
            "changed" => stored[..^4] + (stored[^4] == 'A' ? 'B' : 'A') + stored[^3..],
            "no base64" => start + "+/ ",
            _ => how,
        };
        Assert.Null(sealer.Open(broken, "ann"));
    }
}
