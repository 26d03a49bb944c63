using Ingestion.Grains.Uploads;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Uploads;

public class UploadRulesTests
{
    private const int PartSize = 100;
    private const long Lease = 7;

    private static readonly DateTimeOffset _now = ManualTime.Start;

    private static readonly UploadManifest _open = new()
    {
        State = UploadState.Open, Owner = "ann", Kind = UploadKind.Resumable, Plan = new PartPlan(PartSize), TouchedAt = _now,
            TimeToLive = TimeSpan.FromHours(1),
    };

    [Theory]
    [InlineData(UploadState.None, "ann", UploadOutcome.NotFound)]
    [InlineData(UploadState.Open, "bob", UploadOutcome.NotFound)]
    [InlineData(UploadState.Open, "Ann", UploadOutcome.NotFound)]
    [InlineData(UploadState.Completed, "bob", UploadOutcome.NotFound)]
    [InlineData(UploadState.Open, "ann", UploadOutcome.Ok)]
    [InlineData(UploadState.Completed, "ann", UploadOutcome.Ended)]
    [InlineData(UploadState.Completing, "ann", UploadOutcome.Ended)]
    [InlineData(UploadState.Aborted, "ann", UploadOutcome.Gone)]
    [InlineData(UploadState.Expired, "ann", UploadOutcome.Gone)]
    [InlineData(UploadState.Failed, "ann", UploadOutcome.Gone)]
    [InlineData(UploadState.Ending, "ann", UploadOutcome.Gone)]
    public void Acquire_IsForTheOwnerOfAnOpenUpload(UploadState state, string owner, UploadOutcome expected) =>
        Assert.Equal(expected, UploadRules.Acquire(_open with { State = state }, owner, null, _now));

    [Fact]
    public void Acquire_IsRefused_WhenTheOffsetIsNotTheAcknowledgedOne()
    {
        var stored = _open with { Parts = [new UploadPart(1, 0, PartSize, "")], Tail = new UploadTail(PartSize, 5, "t") };
        Assert.Equal(UploadOutcome.Ok, UploadRules.Acquire(stored, "ann", 105, _now));
        Assert.Equal(UploadOutcome.OffsetMismatch, UploadRules.Acquire(stored, "ann", 100, _now));
        Assert.Equal(UploadOutcome.OffsetMismatch, UploadRules.Acquire(stored, "ann", 106, _now));
    }

    [Theory]
    [InlineData(59, UploadOutcome.Ok)]
    [InlineData(60, UploadOutcome.Gone)]
    public void Acquire_IsRefused_WhenItsTimeIsOver(int minutes, UploadOutcome expected) =>
        Assert.Equal(expected, UploadRules.Acquire(_open, "ann", null, _now.AddMinutes(minutes)));

    [Fact]
    public void Form_IsNeverOverdue_WhenItTakesLong() =>
        Assert.False(UploadRules.IsOverdue(_open with { Kind = UploadKind.Form }, _now.AddDays(9)));

    [Fact]
    public void Epoch_Rises_WhenAnActivationKnowsNothingOfTheLastOne()
    {
        var first = UploadRules.NextEpoch(UploadRules.NoLease, _now);
        Assert.True(UploadRules.NextEpoch(first, _now) > first);
        Assert.True(UploadRules.NextEpoch(UploadRules.NoLease, _now.AddMilliseconds(1)) > first);
        // A clock that went back: within one activation the lease still counts on.
        Assert.True(UploadRules.NextEpoch(first, _now.AddHours(-1)) > first);
    }

    [Theory]
    [InlineData(UploadState.None, Lease, UploadOutcome.NotFound)]
    [InlineData(UploadState.Open, Lease, UploadOutcome.Ok)]
    [InlineData(UploadState.Open, Lease - 1, UploadOutcome.StaleEpoch)]
    [InlineData(UploadState.Open, Lease + 1, UploadOutcome.LeaseLost)]
    [InlineData(UploadState.Completed, Lease, UploadOutcome.Ended)]
    [InlineData(UploadState.Aborted, Lease, UploadOutcome.Gone)]
    public void Check_LetsOnlyTheNewestWriterOfAnOpenUploadPass(UploadState state, long epoch, UploadOutcome expected) =>
        Assert.Equal(expected, UploadRules.Check(_open with { State = state }, Lease, epoch));

    [Fact]
    public void Check_RefusesEveryWriterAsOneOfAnotherActivation_WhenNoneHasTheLease() =>
        Assert.All([UploadRules.NoLease, Lease], epoch => Assert.Equal(UploadOutcome.LeaseLost, UploadRules.Check(_open, UploadRules.NoLease, epoch)));

    [Fact]
    public void Commit_AppendsPartsAndDropsTheTail_WhenTheyStartWhereThePartsEnd()
    {
        var (_, manifest) = Commit(_open, [new(1, 0, PartSize, "a")], new UploadTail(PartSize, 30, "t1"));
        Assert.Equal(130, manifest.Offset);
        (var outcome, manifest) = Commit(manifest, [new(2, PartSize, PartSize, "b"), new(3, 2 * PartSize, 1, "c")]);
        Assert.Equal(UploadOutcome.Ok, outcome);
        Assert.Equal(["a", "b", "c"], manifest.Parts.Select(part => part.ETag));
        Assert.Null(manifest.Tail);
        Assert.Equal((2 * PartSize) + 1, manifest.Offset);
    }

    [Theory]
    [InlineData(1, 0, PartSize)] // Already there.
    [InlineData(3, 2 * PartSize, PartSize)] // A gap.
    [InlineData(2, PartSize - 1, PartSize)] // Overlaps.
    [InlineData(1, PartSize, PartSize)] // Wrong number.
    [InlineData(3, PartSize, PartSize)]
    [InlineData(2, PartSize, 0)] // Empty.
    [InlineData(2, PartSize, -1)]
    [InlineData(2, PartSize, PartSize + 1)] // Too long.
    [InlineData(2, PartSize, 29)] // Shorter than the acknowledged tail that it would replace.
    public void Commit_IsRefused_WhenThePartDoesNotFit(int number, long offset, long length)
    {
        var stored = _open with { Parts = [new UploadPart(1, 0, PartSize, "")], Tail = new UploadTail(PartSize, 30, "t") };
        var (outcome, next) = Commit(stored, [new(number, offset, length, "")]);
        Assert.Equal(UploadOutcome.OffsetMismatch, outcome);
        Assert.Same(stored, next);
    }

    /// <summary>Its silo had gone before it could answer.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Commit_ChangesNothing_WhenItComesAgain(bool hasTail)
    {
        UploadPart[] parts = [new(1, 0, PartSize, "a"), new(2, PartSize, PartSize, "b")];
        var tail = hasTail ? new UploadTail(2 * PartSize, 30, "t") : null;
        var (_, once) = Commit(_open, parts, tail);
        var (outcome, twice) = Commit(once, parts, tail);
        Assert.Equal((UploadOutcome.Ok, once.Offset, once.Tail), (outcome, twice.Offset, twice.Tail));
        Assert.Equal(parts, twice.Parts);
        Assert.Equal(UploadOutcome.Ok, Commit(once, parts[1..], tail).Outcome);
        // What another writer has stored there is not that.
        Assert.Equal(UploadOutcome.OffsetMismatch, Commit(once, [parts[0], parts[1] with { ETag = "other" }], tail).Outcome);
    }

    [Theory]
    [InlineData(UploadKind.Resumable, UploadState.Completing, 0, true)]
    [InlineData(UploadKind.Resumable, UploadState.Completed, 0, true)]
    [InlineData(UploadKind.Resumable, UploadState.Completed, 1, false)]
    [InlineData(UploadKind.Resumable, UploadState.Open, 0, false)]
    [InlineData(UploadKind.Resumable, UploadState.Aborted, 0, false)]
    [InlineData(UploadKind.Form, UploadState.Completing, 0, false)]
    public void CompletionIsTheSame_WhenItEndsWhereTheUploadDoes(UploadKind kind, UploadState state, int longer, bool expected)
    {
        UploadPart[] parts = [new(1, 0, PartSize, "a")];
        var manifest = _open with { Kind = kind, State = state, FinalLength = state is UploadState.Completed ? PartSize : null,
            Parts = state is UploadState.Completed ? [] : parts };
        var commit = new UploadCommit("", [parts[0] with { Length = PartSize + longer }], null, null, null, default);
        Assert.Equal(expected, UploadRules.IsCompletedBy(manifest, commit));
        Assert.Equal(expected || manifest is { IsStored: true, State: UploadState.Completed }, UploadRules.IsCompletedBy(manifest, UploadCommit.Empty));
    }

    [Fact]
    public void Commit_IsAllOrNothing_WhenOnePartOfSeveralDoesNotFit()
    {
        var (outcome, next) = Commit(_open, [new(1, 0, PartSize, ""), new(3, 2 * PartSize, PartSize, "")]);
        Assert.Equal(UploadOutcome.OffsetMismatch, outcome);
        Assert.Same(_open, next);
    }

    [Fact]
    public void Commit_IsRefused_WhenTheLastPartWasShort()
    {
        var stored = _open with { Parts = [new UploadPart(1, 0, 40, "")] };
        Assert.Equal(UploadOutcome.OffsetMismatch, Commit(stored, [new(1, 40, PartSize, "")]).Outcome);
        Assert.Equal(UploadOutcome.OffsetMismatch, Commit(stored, [new(2, 40, PartSize, "")]).Outcome);
        Assert.Equal(UploadOutcome.OffsetMismatch, Commit(stored, [], new UploadTail(40, 1, "t")).Outcome);
    }

    [Theory]
    [InlineData(0, 29)] // Falls short of what is acknowledged.
    [InlineData(1, 40)] // Not where the parts end.
    [InlineData(0, 0)]
    [InlineData(0, PartSize + 1)] // That would be a part.
    public void Tail_IsRefused_WhenItDoesNotFit(long offset, long length)
    {
        var stored = _open with { Tail = new UploadTail(0, 30, "t") };
        Assert.Equal(UploadOutcome.OffsetMismatch, Commit(stored, [], new UploadTail(offset, length, "u")).Outcome);
    }

    [Theory]
    [InlineData(10L, null, 11, UploadOutcome.LengthMismatch)] // More bytes than declared.
    [InlineData(10L, 12L, 5, UploadOutcome.LengthMismatch)] // Another length than before.
    [InlineData(null, 4L, 5, UploadOutcome.LengthMismatch)]
    [InlineData(null, -1L, 5, UploadOutcome.LengthMismatch)]
    [InlineData(null, 5L, 5, UploadOutcome.Ok)]
    [InlineData(5L, 5L, 5, UploadOutcome.Ok)]
    public void Length_NeverChangesAndBoundsTheBytes_WhenDeclared(long? before, long? now, int bytes, UploadOutcome expected)
    {
        var commit = new UploadCommit("", [], new UploadTail(0, bytes, "t"), now, null, default);
        Assert.Equal(expected, UploadRules.Commit(_open with { Length = before }, Lease, Lease, commit, _now).Outcome);
    }

    [Fact]
    public void Head_IsKeptUntilTheTypeIsKnown_WhenFewBytesCome()
    {
        var few = UploadRules.Commit(_open, Lease, Lease, new UploadCommit("", [], new UploadTail(0, 3, ""), null, null, new byte[3]), _now).Next;
        Assert.Equal(3, few.Head.Length);
        var known = UploadRules.Commit(few, Lease, Lease, new UploadCommit("", [], new UploadTail(0, 9, ""), null, "video/mp4", default), _now).Next;
        Assert.Equal((0, "video/mp4"), (known.Head.Length, known.ContentType));
        Assert.Equal("video/mp4", UploadRules.Commit(known, Lease, Lease, new UploadCommit("", [], null, null, "video/webm", default), _now).Next.ContentType);
    }

    [Fact]
    public void Complete_NeedsEveryByteInAPart_WhenTheLengthIsDeclared()
    {
        var declared = _open with { Length = 150, Parts = [new UploadPart(1, 0, PartSize, "")], Tail = new UploadTail(PartSize, 50, "t") };
        Assert.Equal(UploadOutcome.Incomplete, Complete(declared, []).Outcome);
        Assert.Equal(UploadOutcome.OffsetMismatch, Complete(declared, [new(2, PartSize, 49, "")]).Outcome);
        Assert.Equal(UploadOutcome.Incomplete, Complete(declared with { Tail = null }, [new(2, PartSize, 49, "")]).Outcome);
        var (outcome, next) = Complete(declared, [new(2, PartSize, 50, "")]);
        Assert.Equal((UploadOutcome.Ok, UploadState.Completing, 150L), (outcome, next.State, next.Offset));
    }

    [Fact]
    public void Completed_KeepsItsOffset_WhenThePartsAreForgotten()
    {
        var next = UploadRules.Completed(Complete(_open, [new(1, 0, 60, "")]).Next, _now);
        Assert.Equal((60L, 60L, 0), (next.Offset, next.Length, next.Parts.Count));
    }

    [Fact]
    public void Ended_KeepsWhyAndForWhom_WhenTheBytesAreGone()
    {
        var ending = UploadRules.End(_open with { Parts = [new UploadPart(1, 0, 60, "")] }, UploadState.Failed, new VideoError("not_a_video", "No."));
        Assert.Equal(UploadState.Ending, ending.State);
        var ended = UploadRules.Ended(ending, _now);
        Assert.Equal((UploadState.Failed, "ann", 0), (ended.State, ended.Owner, ended.Parts.Count));
    }

    [Fact]
    public void Offset_NeverFallsAndIsTheSumOfAGaplessPrefix_WhenWritersDoAnything() => Histories.Check(2_000, random =>
    {
        var manifest = _open;
        var lease = Lease;
        for (var step = 0; step < 30; step++)
        {
            var before = manifest;
            if (random.Next(6) == 0)
                lease = UploadRules.NextEpoch(lease, DateTimeOffset.UnixEpoch);
            var epoch = random.NextInt64(lease - 1, lease + 2);
            var parts = Enumerable.Range(0, random.Next(3)).Select(_ => AnyPart(random, manifest.PartsEnd)).ToArray();
            var tail = random.Next(3) == 0 ? new UploadTail(manifest.PartsEnd, random.NextInt64(0, PartSize + 2), "t") : null;
            (var outcome, manifest) = UploadRules.Commit(manifest, lease, epoch, new UploadCommit("", parts, tail, null, null, default), _now);

            if (outcome is not UploadOutcome.Ok)
                Assert.Same(before, manifest);
            Assert.True(outcome is not UploadOutcome.Ok || epoch == lease);
            Assert.True(manifest.Offset >= before.Offset);
            AssertGapless(manifest);
        }
    });

    private static (UploadOutcome Outcome, UploadManifest Next) Commit(UploadManifest manifest, UploadPart[] parts, UploadTail? tail = null) =>
        UploadRules.Commit(manifest, Lease, Lease, new UploadCommit("handle", parts, tail, null, null, default), _now);

    private static (UploadOutcome Outcome, UploadManifest Next) Complete(UploadManifest manifest, UploadPart[] parts) =>
        UploadRules.Complete(manifest, Lease, Lease, new UploadCommit("handle", parts, null, null, null, default), _now);

    private static UploadPart AnyPart(Random random, long end)
    {
        var offset = random.Next(3) == 0 ? random.NextInt64(0, end + (2 * PartSize)) : end;
        var number = random.Next(5) == 0 ? random.Next(0, 12) : (int)(1 + (offset / PartSize));
        return new UploadPart(number, offset, random.Next(3) == 0 ? random.NextInt64(-1, PartSize + 2) : PartSize, "");
    }

    private static void AssertGapless(UploadManifest manifest)
    {
        var end = 0L;
        foreach (var part in manifest.Parts)
        {
            Assert.Equal(end, part.Offset);
            Assert.Equal(1 + (part.Offset / PartSize), part.Number);
            end += part.Length;
        }

        Assert.Equal(end, manifest.PartsEnd);
        Assert.Equal(end + (manifest.Tail?.Length ?? 0), manifest.Offset);
        Assert.All(manifest.Parts.SkipLast(1), part => Assert.Equal(PartSize, part.Length));
    }
}
