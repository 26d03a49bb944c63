using Ingestion.Api.Uploads.Tus;

namespace Ingestion.Tests.Unit.Uploads.Tus;

public class TusMetadataTests
{
    [Theory]
    [InlineData("filename Y2xpcC5tcDQ=", "filename")]
    [InlineData("is_confidential", "is_confidential")]
    [InlineData("is_confidential ", "is_confidential")]
    [InlineData("a YQ==,b,c Yw==", "a b c")]
    [InlineData("a YQ==, b ,\tc Yw==", "a b c")]
    [InlineData("a YQ,b YQ=,c   YQ==,d YWI,e YWJj", "a b c d e")]
    [InlineData("!#$%&'()*+-./:;<=>?@[]^_`{|}~ YQ==", "!#$%&'()*+-./:;<=>?@[]^_`{|}~")]
    public void Pairs_AreRead_WhenTheyAreRight(string text, string keys)
    {
        Assert.True(TusMetadata.TryRead(text, out var pairs));
        Assert.Equal(keys.Split(' '), pairs.Keys);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData(",a")]
    [InlineData("a,a")]
    [InlineData("a YQ==,b,a Yg==")]
    [InlineData("a *")]
    [InlineData("a YQ===")]
    [InlineData("a Y")]
    [InlineData("a Y===")]
    [InlineData("a =")]
    [InlineData("a YQ== YQ==")]
    [InlineData("a Y\tQ==")]
    [InlineData("ä YQ==")]
    [InlineData("a ÄÄÄÄ")]
    [InlineData("a\r\nEvil: 1 YQ==")]
    [InlineData("a\0 YQ==")]
    public void Pairs_AreRefused_WhenTheyAreWrong(string text) => Assert.False(TusMetadata.TryRead(text, out _));

    [Fact]
    public void Pairs_AreRefused_WhenTheyAreTooLongTogether()
    {
        var value = new string('A', TusMetadata.Longest - 2);
        Assert.True(TusMetadata.TryRead($"a {value[..^(value.Length % 4)]}", out _));
        Assert.False(TusMetadata.TryRead($"a {value}AAAA", out _));
    }

    [Theory]
    [InlineData("filename Y2xpcC5tcDQ=,name b3RoZXI=", "clip.mp4")]
    [InlineData("name b3RoZXI=,filename Y2xpcC5tcDQ=", "clip.mp4")]
    [InlineData("name b3RoZXI=,filename", "other")]
    [InlineData("filename  Y2xpcC5tcDQ", "clip.mp4")]
    [InlineData("Filename Y2xpcC5tcDQ=", null)]
    [InlineData("filename Li4vLi4vZXRjL3Bhc3N3ZA==", "passwd")]
    [InlineData("filename YQBiCmM=", "abc")]
    [InlineData("filename AAAA", null)]
    [InlineData("filetype dmlkZW8vbXA0", null)]
    public void FileName_IsTheCleanedOne_WhenSomeKeyNamesIt(string text, string? name)
    {
        Assert.True(TusMetadata.TryRead(text, out var pairs));
        Assert.Equal(name, TusMetadata.FileNameOf(pairs));
    }

    [Fact]
    public void FileName_IsThere_WhenItsBytesAreNoText()
    {
        Assert.True(TusMetadata.TryRead($"filename {Convert.ToBase64String([0x61, 0xFF, 0xFE, 0x62])}", out var pairs));
        Assert.Equal("a\uFFFD\uFFFDb", TusMetadata.FileNameOf(pairs));
    }
}
