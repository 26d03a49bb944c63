using Ingestion.Api.Uploads.Tus;

namespace Ingestion.Tests.Unit.Uploads.Tus;

public class FinalUploadIdTests
{
    private static readonly string _first = MediaId.New(ManualTime.Start);
    private static readonly string _second = MediaId.New(ManualTime.Start.AddMinutes(5));

    [Fact]
    public void Id_IsTheSame_WhenOwnerAndPiecesAre()
    {
        var id = FinalUploadId.Of("ann", [_first, _second]);
        Assert.Equal(id, FinalUploadId.Of("ann", [_first, _second]));
        Assert.NotEqual(id, FinalUploadId.Of("ann", [_second, _first]));
        Assert.NotEqual(id, FinalUploadId.Of("eve", [_first, _second]));
        Assert.NotEqual(id, FinalUploadId.Of("ann", [_second]));
    }

    [Fact]
    public void Id_HasTheShapeOfAllAndTheTimeOfTheNewestPiece()
    {
        var id = FinalUploadId.Of("ann", [_second, _first]);
        Assert.True(MediaId.IsValid(id));
        Assert.Equal(_second[..12], id[..12]);
        Assert.Equal(7, Guid.ParseExact(id, "N").Version);
        Assert.InRange(Guid.ParseExact(id, "N").Variant, 8, 11);
    }
}
