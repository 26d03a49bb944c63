using Ingestion.Grains.Uploads;
using Ingestion.Grains.Uploads.Joining;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

public class JoinRulesTests
{
    private static readonly PartPlan _plan = new(100);

    private static readonly UploadPiece[] _pieces = [new("a", 250), new("b", 0), new("c", 30), new("d", 60)];

    [Fact]
    public void Parts_CoverAllPiecesInOrder_WhenTakenAFewAtATime()
    {
        var parts = new List<JoinPart>();
        for (long end = 0; JoinRules.Parts(_plan, _pieces, end, most: 2) is { Count: > 0 } next; end = next[^1].Span.Offset
            + next[^1].Ranges.Sum(range => range.Length))
            parts.AddRange(next);
        Assert.Equal([1, 2, 3, 4], parts.Select(part => part.Span.Number));
        Assert.Equal(
            [[("a", 0L, 100L)], [("a", 100, 100)], [("a", 200, 50), ("c", 0, 30), ("d", 0, 20)], [("d", 20, 40)]],
            parts.Select(part => part.Ranges.Select(range => (range.Source.VideoId, range.Offset, range.Length)).ToArray()));
    }

    [Fact]
    public void Parts_AreNone_WhenAllIsCopiedOrThereIsNothing()
    {
        Assert.Empty(JoinRules.Parts(_plan, _pieces, 340, most: 4));
        Assert.Empty(JoinRules.Parts(_plan, [new UploadPiece("a", 0)], 0, most: 4));
    }

    [Theory]
    [InlineData(UploadState.Completed, null, false, UploadOutcome.Ok)]
    [InlineData(UploadState.Completed, "final", false, UploadOutcome.Ok)]
    [InlineData(UploadState.Completed, "final", true, UploadOutcome.Used)]
    [InlineData(UploadState.Completed, "other", false, UploadOutcome.Used)]
    [InlineData(UploadState.Completed, "other", true, UploadOutcome.Used)]
    [InlineData(UploadState.Open, null, false, UploadOutcome.Incomplete)]
    [InlineData(UploadState.Completing, null, false, UploadOutcome.Incomplete)]
    [InlineData(UploadState.Aborted, null, false, UploadOutcome.Gone)]
    [InlineData(UploadState.Expired, null, false, UploadOutcome.Gone)]
    [InlineData(UploadState.Aborted, "final", false, UploadOutcome.Ok)]
    [InlineData(UploadState.None, null, false, UploadOutcome.NotFound)]
    public void Piece_JoinsOneFinalUpload_WhenItIsWhole(UploadState state, string? joinedInto, bool spent, UploadOutcome expected) =>
        Assert.Equal(expected, JoinRules.Join(Piece(state) with { JoinedInto = joinedInto, IsSpent = spent }, "ann", "final"));

    [Fact]
    public void Piece_IsNotFound_WhenItIsAnothersOrNoPiece()
    {
        Assert.Equal(UploadOutcome.NotFound, JoinRules.Join(Piece(UploadState.Completed), "eve", "final"));
        Assert.Equal(UploadOutcome.NotFound, JoinRules.Join(Piece(UploadState.Completed) with { Kind = UploadKind.Resumable }, "ann", "final"));
    }

    /// <summary>The client has nothing more to send, so its silence means nothing.</summary>
    [Fact]
    public void FinalUpload_IsNeverOverdue_WhenItsPiecesAreBeingCopied()
    {
        var final = Piece(UploadState.Open) with { Kind = UploadKind.Final, Pieces = _pieces };
        Assert.False(UploadRules.IsOverdue(final, ManualTime.Start.AddDays(100)));
        Assert.True(UploadRules.IsOverdue(final with { Pieces = [] }, ManualTime.Start.AddDays(100)));
    }

    private static UploadManifest Piece(UploadState state) =>
        new() { State = state, Owner = "ann", Kind = UploadKind.Partial, Plan = _plan, TouchedAt = ManualTime.Start, TimeToLive = TimeSpan.FromHours(1) };
}
