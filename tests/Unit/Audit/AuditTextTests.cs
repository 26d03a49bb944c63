using Ingestion.Api.Audit;

namespace Ingestion.Tests.Unit.Audit;

public class AuditTextTests
{
    [Theory]
    [InlineData("ann", "ann")]
    [InlineData("Zoë@example.org 日本", "Zoë@example.org 日本")]
    [InlineData("a\r\nb", @"a\u000d\u000ab")]
    [InlineData("a\u2028b\u202ec", @"a\u2028b\u202ec")]
    [InlineData("a\u001b[2Kb", @"a\u001b[2Kb")]
    // Or it could pass for an escape.
    [InlineData(@"a\u000ab", @"a\u005cu000ab")]
    public void Text_CanNeitherEndALineNorHideInOne(string text, string safe) => Assert.Equal(safe, AuditText.Of(text));

    [Fact]
    public void Text_IsCut_WhenItIsLong() => Assert.InRange(AuditText.Of(new string('x', 100_000)).Length, 300, 302);

    [Fact]
    public void HalfOfAPair_IsEscaped() => Assert.Equal(@"a\ufffdb", AuditText.Of("a\ud800b"));
}
