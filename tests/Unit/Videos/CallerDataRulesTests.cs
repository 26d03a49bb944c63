using System.Text;
using Ingestion.Api.Uploads;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Videos;

/// <summary>What the caller may send along: the same rules on every way in.</summary>
public class CallerDataRulesTests
{
    [Theory]
    [InlineData("order-42", true)]
    [InlineData(" ", true)]
    [InlineData("ü🏖", true)]
    [InlineData("", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\u0085b", false)]
    public void ExternalId_HasCharactersWithoutControls(string id, bool isTaken) => Assert.Equal(isTaken, CallerData.IsExternalId(id));

    [Fact]
    public void ExternalId_HasNoHalfOfASurrogatePair() => Assert.False(CallerData.IsExternalId("a\uD83Cb"));

    [Fact]
    public void ExternalId_HasAtMost255Characters_HoweverManyBytes()
    {
        Assert.True(CallerData.IsExternalId(string.Concat(Enumerable.Repeat("🏖", CallerData.LongestExternalId))));
        Assert.False(CallerData.IsExternalId(new string('a', CallerData.LongestExternalId + 1)));
    }

    [Fact]
    public void Metadata_AreTakenUpToTheirBoundsAndNotBeyond()
    {
        Assert.Null(CallerData.FaultOf(Keys(CallerData.MostKeys)));
        Assert.NotNull(CallerData.FaultOf(Keys(CallerData.MostKeys + 1)));
        Assert.Null(CallerData.FaultOf(One(new string('ü', CallerData.LongestKey), "")));
        Assert.NotNull(CallerData.FaultOf(One(new string('ü', CallerData.LongestKey + 1), "")));
        Assert.Null(CallerData.FaultOf(One("ab", new string('ü', (CallerData.MostBytes - 2) / 2))));
        Assert.NotNull(CallerData.FaultOf(One("abc", new string('ü', (CallerData.MostBytes - 2) / 2))));
        Assert.NotNull(CallerData.FaultOf(One("", "x")));
        Assert.NotNull(CallerData.FaultOf(One("a", "\uDC00")));
        Assert.NotNull(CallerData.FaultOf(One("a", null!)));
        Assert.Null(CallerData.FaultOf(One("a", "two\nlines\0")));
    }

    [Fact]
    public void Nothing_IsNoData()
    {
        Assert.Null(CallerData.Of(null, null));
        Assert.Null(CallerData.Of(null, new Dictionary<string, string>()));
        Assert.Null(CallerData.Of("a", new Dictionary<string, string>())!.Metadata);
    }

    [Fact]
    public void Fields_AreGathered_AndAnEmptyIdIsNone()
    {
        var fields = new CallerFields();
        Assert.False(fields.HasNew);
        fields.Add("external_id", []);
        fields.Add("title", "ü"u8);
        fields.AddJson("""{"a":"1","b":""}"""u8);
        Assert.True(fields.HasNew);
        var (data, problem) = fields.Read();
        Assert.Null(problem);
        Assert.False(fields.HasNew);
        Assert.Null(data!.ExternalId);
        Assert.Equal("a=1,b=,title=ü", string.Join(',', data.Metadata!.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Theory]
    [InlineData("title", "FF", "metadata_invalid")]
    [InlineData("external_id", "C0AF", "external_id_invalid")]
    public void Fields_AreRefused_WhenTheyAreNoText(string name, string hex, string code)
    {
        var fields = new CallerFields();
        fields.Add(name, Convert.FromHexString(hex));
        Assert.Equal(code, fields.Read().Problem!.Code);
    }

    [Fact]
    public void Fields_KeepNothing_OnceTheyAreTooMany()
    {
        var fields = new CallerFields();
        for (var i = 0; i < 1000; i++)
            fields.Add($"field{i}", Encoding.UTF8.GetBytes(new string('x', 1000)));
        Assert.Equal("metadata_invalid", fields.Read().Problem!.Code);
    }

    private static Dictionary<string, string> Keys(int count) => Enumerable.Range(0, count).ToDictionary(i => $"k{i}", _ => "v");

    private static Dictionary<string, string> One(string key, string value) => new() { [key] = value };
}
