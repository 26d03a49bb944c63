using Ingestion.Grains.Uploads;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads.Direct;

/// <summary>What the manifest allows where bytes don't come by appending, and what it keeps for the end.</summary>
public class DirectRulesTests
{
    private static readonly DateTimeOffset _now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(UploadKind.Direct)]
    [InlineData(UploadKind.Form)]
    public void Append_IsRefused_WhenTheUploadHasAWayOfItsOwn(UploadKind kind)
    {
        var manifest = Create(kind);
        Assert.Equal(UploadOutcome.NotAppendable, UploadRules.Acquire(manifest, "ann", 0, _now));
        Assert.Equal(UploadOutcome.NotAppendable, UploadRules.Acquire(manifest, "ann", 99, _now));
        Assert.Equal(UploadOutcome.Ok, UploadRules.Acquire(manifest, "ann", null, _now));
        Assert.Equal(UploadOutcome.NotFound, UploadRules.Acquire(manifest, "bob", 0, _now));
    }

    [Fact]
    public void AllPartsAtOnce_MakeItWhole_WhenTheyHaveTheDeclaredLength()
    {
        var manifest = UploadRules.Commit(Create(UploadKind.Direct), 1, 1, Commit("store-1"), _now).Next;
        Assert.Equal("store-1", manifest.StoreUploadId);
        Assert.Equal(UploadOutcome.Incomplete, UploadRules.Complete(manifest, 1, 1, Commit("store-1", 100, 100), _now).Outcome);
        Assert.Equal(UploadOutcome.LengthMismatch, UploadRules.Complete(manifest, 1, 1, Commit("store-1", 100, 100, 51), _now).Outcome);
        var (outcome, next) = UploadRules.Complete(manifest, 1, 1, Commit("store-1", 100, 100, 50), _now);
        Assert.Equal((UploadOutcome.Ok, UploadState.Completing, 250), (outcome, next.State, next.Offset));
    }

    [Fact]
    public void Commit_BeginsItsTimeAnew_WhenItBringsNothing()
    {
        var later = _now.AddHours(3);
        var (outcome, next) = UploadRules.Commit(Create(UploadKind.Direct), 1, 1, Commit(""), later);
        Assert.Equal((UploadOutcome.Ok, later.AddHours(24)), (outcome, next.ExpiresAt));
    }

    [Fact]
    public void Digest_IsKeptUntilReplaced_WhenBytesCome()
    {
        var (first, second) = (new SourceDigest("SHA256", new byte[32]), new SourceDigest("SHA512", new byte[64]));
        var manifest = Create(UploadKind.Resumable, first);
        manifest = UploadRules.Commit(manifest, 1, 1, Commit("", 100), _now).Next;
        Assert.Same(first, manifest.Digest);
        manifest = UploadRules.Commit(manifest, 1, 1, Commit("") with { Digest = second }, _now).Next;
        Assert.Same(second, manifest.Digest);
    }

    private static UploadManifest Create(UploadKind kind, SourceDigest? digest = null) =>
        UploadRules.Create(new NewUpload("ann", kind, null, null, 250, null, null, TimeSpan.FromHours(24)) { Digest = digest }, new PartPlan(100), _now);

    private static UploadCommit Commit(string storeUploadId, params int[] lengths)
    {
        var parts = lengths.Select((length, i) => new UploadPart(i + 1, i * 100, length, $"e{i + 1}")).ToArray();
        return new UploadCommit(storeUploadId, parts, Tail: null, Length: null, ContentType: null, Head: default);
    }
}
