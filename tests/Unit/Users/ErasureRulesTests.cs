using Ingestion.Grains.Uploads;
using Ingestion.Grains.Users;
using Ingestion.Users;

namespace Ingestion.Tests.Unit.Users;

public class ErasureRulesTests
{
    private static readonly DateTimeOffset _begun = ManualTime.Start;
    private static readonly DateTimeOffset _quiet = _begun + ErasureRules.QuietTime;
    private static readonly ErasureState _state = new() { User = "ann", BegunAt = _begun };

    [Fact]
    public void Erasure_IsDone_WhenAWholePassFoundNothingAfterTheQuietTime()
    {
        Assert.True(ErasureRules.IsDone(_state, default, _quiet));
        Assert.False(ErasureRules.IsDone(_state, default, _quiet.AddTicks(-1)));
        foreach (var found in (ErasurePass[])[new(1, 0, 0, false, false), new(0, 1, 0, false, false), new(0, 0, 1, false, false), new(0, 0, 0, true, false),
            new(0, 0, 0, false, true)])
            Assert.False(ErasureRules.IsDone(_state, found, _quiet.AddHours(1)));
    }

    [Fact]
    public void NextPass_ComesAtOnceWhileSomethingIsPending_AndOtherwiseAfterTheQuietTime()
    {
        var pending = new ErasurePass(0, 0, 0, HadJournal: false, IsPending: true);
        Assert.Equal(_begun.AddSeconds(2), ErasureRules.NextPass(_state, pending, _begun.AddSeconds(2)));
        Assert.Equal(_quiet, ErasureRules.NextPass(_state, default, _begun.AddSeconds(2)));
        Assert.Equal(_quiet.AddHours(1), ErasureRules.NextPass(_state, default, _quiet.AddHours(1)));
    }

    [Fact]
    public void Record_NamesNoUser_WhenItIsDone()
    {
        var done = ErasureRules.Done(ErasureRules.Add(ErasureRules.Add(_state, new(1, 2, 3, true, false)), new(10, 20, 30, false, false)), _quiet);
        Assert.Equal((null, _quiet, 11, 22, 33), (done.User, done.EndedAt, done.Videos, done.Uploads, done.Webhooks));
        Assert.DoesNotContain("ann", ErasureKey.Of("ann"), StringComparison.Ordinal);
        Assert.NotEqual(ErasureKey.Of("ann"), ErasureKey.Of("ana"));
    }

    [Fact]
    public void Upload_KnowsItsOwnerWithoutTheName_WhenItsVideoIsGone()
    {
        var manifest = new UploadManifest { State = Ingestion.Uploads.UploadState.Completed, Owner = "ann", FileName = "secret.mp4", Metadata = "note c2VjcmV0",
            TimeToLive = TimeSpan.FromDays(1) };
        var forgotten = UploadRules.Forget(manifest, _quiet);
        Assert.Null(forgotten.FileName);
        Assert.Null(forgotten.Metadata);
        Assert.DoesNotContain("ann", forgotten.Owner, StringComparison.Ordinal);
        Assert.Equal(Ingestion.Uploads.UploadOutcome.Gone, UploadRules.Acquire(forgotten, "ann", expectedOffset: 0, _quiet));
        Assert.Equal(Ingestion.Uploads.UploadOutcome.NotFound, UploadRules.Acquire(forgotten, "bob", expectedOffset: 0, _quiet));
    }
}
