using Ingestion.Grains.Uploads;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

public class TusFinalRulesTests
{
    private static readonly UploadManifest _final = new()
    {
        State = UploadState.Open, Owner = "ann", Kind = UploadKind.Final, Plan = new PartPlan(100), TouchedAt = ManualTime.Start,
            TimeToLive = TimeSpan.FromHours(1),
    };

    /// <summary>A client can learn the id from its events before the pieces are together.</summary>
    [Theory]
    [InlineData(null, UploadOutcome.Ok)]
    [InlineData(0L, UploadOutcome.Ended)]
    [InlineData(5L, UploadOutcome.Ended)]
    public void FinalUpload_TakesNoBytesOfClients_WhileItIsJoined(long? offset, UploadOutcome expected) =>
        Assert.Equal(expected, UploadRules.Acquire(_final, "ann", offset, ManualTime.Start));
}
