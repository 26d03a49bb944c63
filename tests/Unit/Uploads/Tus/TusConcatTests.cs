using Ingestion.Api.Uploads.Tus;

namespace Ingestion.Tests.Unit.Uploads.Tus;

public class TusConcatTests
{
    private const string One = "0123456789abcdef0123456789abcdef";
    private const string Two = "fedcba9876543210fedcba9876543210";

    [Fact]
    public void Piece_HasNoParts_WhenRead()
    {
        var concat = TusConcat.Read("partial");
        Assert.NotNull(concat);
        Assert.Null(concat.Parts);
        Assert.Equal("partial", concat.Text);
    }

    [Theory]
    [InlineData($"final;/api/uploads/{One}", One)]
    [InlineData($"final;/api/uploads/{One} /api/uploads/{Two}", $"{One} {Two}")]
    [InlineData($"final; /api/uploads/{Two}  /api/uploads/{One} ", $"{Two} {One}")]
    [InlineData($"final;/api/uploads/{One} /api/uploads/{One}", $"{One} {One}")]
    [InlineData($"final;https://videos.example.org/media/api/uploads/{One} http://[::1]:8080/api/uploads/{Two}", $"{One} {Two}")]
    public void Parts_AreTheIdsInOrder_WhenTheirAddressesAreRight(string text, string ids)
    {
        var concat = TusConcat.Read(text);
        Assert.NotNull(concat);
        Assert.Equal(ids.Split(' '), concat.Parts);
        Assert.Equal(text, concat.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PARTIAL")]
    [InlineData("partial ")]
    [InlineData("final")]
    [InlineData("final;")]
    [InlineData("final;   ")]
    [InlineData($"Final;/api/uploads/{One}")]
    [InlineData($"final;{One}")]
    [InlineData($"final;/{One}")]
    [InlineData($"final;/api/videos/{One}")]
    [InlineData($"final;/api/uploads/{One}/")]
    [InlineData($"final;/api/uploads/{One}?x=1")]
    [InlineData($"final;/api/uploads/{One},/api/uploads/{Two}")]
    [InlineData($"final;https://a.example/?x=/api/uploads/{One}")]
    [InlineData($"final;https://a.example/#/api/uploads/{One}")]
    [InlineData($"final;ftp://a.example/api/uploads/{One}")]
    [InlineData($"final;nonsense/api/uploads/{One}")]
    [InlineData("final;/api/uploads/0123")]
    [InlineData("final;/api/uploads/../uploads/x")]
    [InlineData($"final;/api/uploads/{One} nonsense")]
    public void IsRefused_WhenItIsNeither(string text) => Assert.Null(TusConcat.Read(text));

    [Fact]
    public void IsRefused_WhenThePiecesAreTooMany()
    {
        static string Of(int count) => $"final;{string.Join(' ', Enumerable.Repeat($"/api/uploads/{One}", count))}";
        Assert.Equal(TusConcat.MostParts, TusConcat.Read(Of(TusConcat.MostParts))?.Parts?.Count);
        Assert.Null(TusConcat.Read(Of(TusConcat.MostParts + 1)));
    }
}
