using Ingestion.Api.Uploads;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

public class UploadProblemsTests
{
    /// <summary>The answers to a requesting client, and to a client whose request held the lease.</summary>
    [Theory]
    [InlineData(UploadOutcome.Ok, null, null)]
    [InlineData(UploadOutcome.NotFound, "not_found", "upload_interrupted")]
    [InlineData(UploadOutcome.StaleEpoch, "upload_taken_over", "upload_taken_over")]
    [InlineData(UploadOutcome.OffsetMismatch, "offset_mismatch", "upload_taken_over")]
    [InlineData(UploadOutcome.Ended, "upload_ended", "upload_taken_over")]
    [InlineData(UploadOutcome.Gone, "upload_gone", "upload_gone")]
    [InlineData(UploadOutcome.LengthMismatch, "upload_length_inconsistent", "upload_length_inconsistent")]
    [InlineData(UploadOutcome.Incomplete, "upload_incomplete", "upload_incomplete")]
    [InlineData(UploadOutcome.Failed, "upload_corrupt", "upload_corrupt")]
    [InlineData(UploadOutcome.NotAppendable, "upload_not_appendable", "upload_taken_over")]
    [InlineData(UploadOutcome.NotAVideo, "not_a_video", "not_a_video")]
    [InlineData(UploadOutcome.AudioOnly, "audio_only", "audio_only")]
    [InlineData(UploadOutcome.ImageOnly, "image_only", "image_only")]
    [InlineData(UploadOutcome.RawStream, "raw_stream", "raw_stream")]
    [InlineData(UploadOutcome.DigestMismatch, "digest_mismatch", "digest_mismatch")]
    [InlineData(UploadOutcome.LeaseLost, "upload_interrupted", "upload_interrupted")]
    [InlineData(UploadOutcome.TooLate, "unavailable", "unavailable")]
    public void Outcome_HasItsCode_WhenItIsAnswered(UploadOutcome outcome, string? asker, string? writer)
    {
        Assert.Equal(asker, UploadProblems.Of(outcome)?.Code);
        Assert.Equal(writer, UploadProblems.OfWriter(outcome)?.Code);
    }

    [Fact]
    public void EveryOutcome_HasALineInTheTables_WhenListed()
    {
        foreach (var outcome in Enum.GetValues<UploadOutcome>())
            Assert.Equal(outcome is UploadOutcome.Ok, UploadProblems.Of(outcome) is null && UploadProblems.OfWriter(outcome) is null);
    }
}
