using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

public class UploadShardsTests
{
    [Fact]
    public void Shards_TakeEveryId() =>
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Contains(UploadShards.Of(MediaId.New(ManualTime.Start)), UploadShards.All));
}
