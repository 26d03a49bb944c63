using Ingestion.Api.Uploads.Ietf;
using Microsoft.Extensions.Primitives;

namespace Ingestion.Tests.Unit.Uploads.Ietf;

public class StructuredFieldTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("  42  ", 42)]
    [InlineData("007", 7)]
    [InlineData("-0", 0)]
    [InlineData("999999999999999", 999_999_999_999_999)]
    [InlineData("1;a", 1)]
    [InlineData("1; a=1.5;b=\"x\\\"y\";c=tok/en:*;d=:AAA=:;e=?0;f=@-5", 1)]
    public void Integer_IsRead_WhenItIsOne(string field, long expected)
    {
        Assert.True(StructuredField.TryReadInteger(field, out var number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-1")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1.")]
    [InlineData("1,2")]
    [InlineData("1 2")]
    [InlineData("1x")]
    [InlineData("0x10")]
    [InlineData("\"1\"")]
    [InlineData("?1")]
    [InlineData(":MQ==:")]
    [InlineData("1000000000000000")]
    [InlineData("٣")]
    [InlineData("1;")]
    [InlineData("1;A")]
    [InlineData("1;a=")]
    [InlineData("1;a=1.2345")]
    [InlineData("1;a=\"open")]
    [InlineData("1;a=\"\\x\"")]
    [InlineData("1;a=?2")]
    [InlineData("1;a=:open")]
    [InlineData("1;a=(1 2)")]
    [InlineData("1;a=@1.5")]
    [InlineData("1 ;a")]
    [InlineData("\t1")]
    public void Integer_IsNone_WhenTheFieldIsAnythingElse(string field) => Assert.False(StructuredField.TryReadInteger(field, out _));

    [Fact]
    public void Item_IsNone_WhenTheFieldComesTwiceOrNotAtAll()
    {
        Assert.False(StructuredField.TryReadInteger(new StringValues(["1", "1"]), out _));
        Assert.False(StructuredField.TryReadInteger(default, out _));
        Assert.False(StructuredField.TryReadBoolean(new StringValues(["?1", "?1"]), out _));
        Assert.False(StructuredField.TryReadBoolean(default, out _));
    }

    [Theory]
    [InlineData("?1", true)]
    [InlineData("?0", false)]
    [InlineData(" ?1;x ", true)]
    public void Boolean_IsRead_WhenItIsOne(string field, bool expected)
    {
        Assert.True(StructuredField.TryReadBoolean(field, out var flag));
        Assert.Equal(expected, flag);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?2")]
    [InlineData("?10")]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("?T")]
    [InlineData("? 1")]
    public void Boolean_IsNone_WhenTheFieldIsAnythingElse(string field) => Assert.False(StructuredField.TryReadBoolean(field, out _));

    [Theory]
    [InlineData("a=:AQI=:", "a 0102")]
    [InlineData("a=:AQI=:,b=::", "a 0102|b ")]
    [InlineData("a=:AQI=: \t, \t b-c_d.e*=:/+8=:;p=1", "a 0102|b-c_d.e* FFEF")]
    [InlineData("a=:AQ==:, a=:Ag==:", "a 02")]
    [InlineData("*=:AQ==:", "* 01")]
    public void ByteSequences_AreRead_WhenTheDictionaryHasThem(string field, string expected)
    {
        Assert.True(StructuredField.TryReadByteSequences(field, out var members));
        Assert.Equal(expected, string.Join('|', members.Select(member => $"{member.Key} {Convert.ToHexString(member.Value)}")));
    }

    [Fact]
    public void ByteSequences_AreOneList_WhenTheyComeInSeveralLines()
    {
        Assert.True(StructuredField.TryReadByteSequences(new StringValues(["a=:AQ==:", "b=:Ag==:"]), out var members));
        Assert.Equal(["a", "b"], members.Keys.Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a=1")]
    [InlineData("a=\"AQ==\"")]
    [InlineData("a=AQ==")]
    [InlineData("a=:AQ==")]
    [InlineData("a=:AQ=:")]
    [InlineData("a=:A Q = =:")]
    [InlineData("a=:_-8=:")]
    [InlineData("a=(:AQ==:)")]
    [InlineData("A=:AQ==:")]
    [InlineData("a=:AQ==:,")]
    [InlineData("a=:AQ==:,,b=:AQ==:")]
    [InlineData("a=:AQ==: b=:AQ==:")]
    [InlineData(",a=:AQ==:")]
    [InlineData("a=:AQ==:, b")]
    public void ByteSequences_AreNone_WhenTheFieldIsAnythingElse(string field) => Assert.False(StructuredField.TryReadByteSequences(field, out _));
}
