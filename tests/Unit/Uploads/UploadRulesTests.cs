using Ingestion.Grains.Uploads;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

public class UploadRulesTests
{
    private const int PartSize = 100;

    private static readonly UploadManifest _open = new() { State = UploadState.Open, Owner = "ann", Epoch = 1, PartSize = PartSize, StoreUploadId = "handle" };

    [Fact]
    public void TakeOver_RaisesTheEpochAndKeepsTheRest_WhenTheUploadIsOpen()
    {
        var stored = _open with { Parts = [new UploadPart(1, 0, PartSize, "tag")] };
        var (outcome, next) = UploadRules.TakeOver(stored, "ann");
        Assert.Equal(UploadOutcome.Ok, outcome);
        Assert.Equal(stored with { Epoch = 2 }, next);
    }

    [Theory]
    [InlineData(UploadState.None, "ann", UploadOutcome.NotFound)]
    [InlineData(UploadState.Open, "bob", UploadOutcome.NotFound)]
    [InlineData(UploadState.Open, "Ann", UploadOutcome.NotFound)]
    [InlineData(UploadState.Completed, "bob", UploadOutcome.NotFound)]
    [InlineData(UploadState.Aborted, "bob", UploadOutcome.NotFound)]
    [InlineData(UploadState.Completed, "ann", UploadOutcome.Ended)]
    [InlineData(UploadState.Aborted, "ann", UploadOutcome.Ended)]
    public void TakeOver_ChangesNothing_WhenItIsRefused(UploadState state, string owner, UploadOutcome expected)
    {
        var stored = _open with { State = state };
        var (outcome, next) = UploadRules.TakeOver(stored, owner);
        Assert.Equal(expected, outcome);
        Assert.Same(stored, next);
    }

    [Theory]
    [InlineData(UploadState.None, 1, UploadOutcome.NotFound)]
    [InlineData(UploadState.Open, 1, UploadOutcome.Ok)]
    [InlineData(UploadState.Open, 0, UploadOutcome.StaleEpoch)]
    [InlineData(UploadState.Open, 2, UploadOutcome.StaleEpoch)]
    [InlineData(UploadState.Completed, 1, UploadOutcome.Ended)]
    [InlineData(UploadState.Aborted, 1, UploadOutcome.Ended)]
    public void Check_LetsOnlyTheNewestWriterOfAnOpenUploadPass_WhenAsked(UploadState state, long epoch, UploadOutcome expected) =>
        Assert.Equal(expected, UploadRules.Check(_open with { State = state }, epoch));

    [Fact]
    public void Commit_IsRefused_WhenAnotherWriterHasTakenOver()
    {
        var (_, taken) = UploadRules.TakeOver(_open, "ann");
        var (outcome, next) = UploadRules.Commit(taken, epoch: 1, new UploadPart(1, 0, PartSize, ""));
        Assert.Equal(UploadOutcome.StaleEpoch, outcome);
        Assert.Same(taken, next);
    }

    [Fact]
    public void Commit_AppendsThePart_WhenItStartsWhereTheManifestEnds()
    {
        var manifest = _open;
        foreach (var part in (UploadPart[])[new(1, 0, PartSize, "a"), new(2, PartSize, PartSize, "b"), new(3, 2 * PartSize, 1, "c")])
        {
            (var outcome, manifest) = UploadRules.Commit(manifest, 1, part);
            Assert.Equal(UploadOutcome.Ok, outcome);
        }

        Assert.Equal(["a", "b", "c"], manifest.Parts.Select(part => part.ETag));
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
    public void Commit_IsRefused_WhenThePartDoesNotFit(int number, long offset, long length)
    {
        var stored = _open with { Parts = [new UploadPart(1, 0, PartSize, "")] };
        var (outcome, next) = UploadRules.Commit(stored, 1, new UploadPart(number, offset, length, ""));
        Assert.Equal(UploadOutcome.OffsetMismatch, outcome);
        Assert.Same(stored, next);
    }

    [Fact]
    public void Commit_IsRefused_WhenTheLastPartWasShort()
    {
        var stored = _open with { Parts = [new UploadPart(1, 0, 40, "")] };
        Assert.Equal(UploadOutcome.OffsetMismatch, UploadRules.Commit(stored, 1, new UploadPart(1, 40, PartSize, "")).Outcome);
        Assert.Equal(UploadOutcome.OffsetMismatch, UploadRules.Commit(stored, 1, new UploadPart(2, 40, PartSize, "")).Outcome);
    }

    [Theory]
    [InlineData(UploadState.None, UploadOutcome.NotFound)]
    [InlineData(UploadState.Completed, UploadOutcome.Ended)]
    [InlineData(UploadState.Aborted, UploadOutcome.Ended)]
    public void Commit_IsRefused_WhenTheUploadIsNotOpen(UploadState state, UploadOutcome expected) =>
        Assert.Equal(expected, UploadRules.Commit(_open with { State = state }, 1, new UploadPart(1, 0, 1, "")).Outcome);

    [Fact]
    public void Offset_NeverFallsAndIsTheSumOfAGaplessPrefix_WhenWritersDoAnything() => Histories.Check(2_000, random =>
    {
        var manifest = _open;
        for (var step = 0; step < 30; step++)
        {
            var before = manifest;
            if (random.Next(6) == 0)
                (_, manifest) = UploadRules.TakeOver(manifest, random.Next(4) == 0 ? "bob" : "ann");
            else
                (_, manifest) = UploadRules.Commit(manifest, random.NextInt64(Math.Max(0, manifest.Epoch - 1), manifest.Epoch + 2), AnyPart(random, manifest.Offset));

            Assert.True(manifest.Epoch >= before.Epoch);
            Assert.True(manifest.Offset >= before.Offset);
            AssertGapless(manifest);
        }
    });

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

        Assert.Equal(end, manifest.Offset);
        Assert.All(manifest.Parts.SkipLast(1), part => Assert.Equal(PartSize, part.Length));
    }
}
