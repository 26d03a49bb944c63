namespace Ingestion.Tests.Unit;

public class MediaIdTests
{
    [Fact]
    public void IdOfAForm_IsKnownAndSortsByItsTime_WhenMade()
    {
        var (before, form, after) = (MediaId.New(ManualTime.Start), MediaId.NewOfForm(ManualTime.Start.AddSeconds(1)),
            MediaId.New(ManualTime.Start.AddSeconds(2)));
        Assert.All([before, form, after], id => Assert.True(MediaId.IsValid(id)));
        Assert.Equal((false, true, false), (MediaId.IsOfForm(before), MediaId.IsOfForm(form), MediaId.IsOfForm(after)));
        Assert.Equal([before, form, after], new[] { after, form, before }.Order(StringComparer.Ordinal));
        // A GUID of RFC 9562: of version 8, which is the maker's own, and of its variant.
        Assert.Equal(8, Guid.Parse(form).Version);
        Assert.Contains(form[16], "89ab");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no-id-at-all")]
    [InlineData("0190163D86948B9B8EC16FB0DE1B5FB5")]
    public void InvalidId_IsNoForms(string text) => Assert.False(MediaId.IsOfForm(text));
}
