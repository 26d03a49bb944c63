using Ingestion.Grains.Videos;
using Ingestion.Videos;
using static Ingestion.Tests.Unit.Videos.VideoFixture;

namespace Ingestion.Tests.Unit.Videos;

/// <summary>What an owner may change of a record, and how that is published.</summary>
public class ChangeRulesTests
{
    private static readonly CallerData _caller = new("order-42", new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
    private static readonly VideoState _state = VideoRules.Create(Id, New with { Caller = _caller }, jobSent: true, After(1)) with { Outbox = [] };

    [Fact]
    public void Change_IsStoredWithItsEvent()
    {
        var change = Change(metadata: [("a", null), ("c", "3")]) with { FileName = new TextChange("dog.mp4") };
        var result = ChangeRules.Apply(_state, "ann", change, After(2), out var next);
        Assert.Equal((ChangeOutcome.Ok, "dog.mp4", "order-42"), (result.Outcome, result.Record!.FileName, result.Record.Caller!.ExternalId));
        Assert.Equal("b=2,c=3", Text(result.Record));
        Assert.Same(result.Record, next.Record);
        var published = Assert.Single(next.Outbox);
        Assert.Equal(("video.updated", VideoStatus.Queued), (published.TypeOf(published.JournalPriority), published.Status));
        Assert.Equal("dog.mp4", published.Facts!.FileName);
        Assert.Equal(2, published.Facts.Metadata!.Count);
        Assert.Equal(After(2), next.Record!.UpdatedAt);
    }

    [Fact]
    public void Version_ChangesWithEachChange_EvenWithinOneTick()
    {
        ChangeRules.Apply(_state, "ann", Change(metadata: [("c", "3")]), After(1), out var first);
        ChangeRules.Apply(first, "ann", Change(metadata: [("c", "4")]), After(0), out var second);
        Assert.Equal(3, new[] { _state.Record!.Tag, first.Record!.Tag, second.Record!.Tag }.Distinct().Count());
    }

    [Fact]
    public void Nothing_IsPublished_WhenNothingChanges()
    {
        var change = Change(metadata: [("a", "1"), ("x", null)]) with { ExternalId = new TextChange("order-42") };
        var result = ChangeRules.Apply(_state, "ann", change, After(2), out var next);
        Assert.Equal(ChangeOutcome.Ok, result.Outcome);
        Assert.Same(_state, next);
    }

    [Fact]
    public void Everything_IsRemoved_ByNull()
    {
        var change = new VideoChange(new TextChange(null), new TextChange(null), new Dictionary<string, string?>(), true, null);
        ChangeRules.Apply(_state, "ann", change, After(2), out var next);
        Assert.Null(next.Record!.FileName);
        Assert.Null(next.Record.Caller);
    }

    [Fact]
    public void Change_IsRefused_WhenItIsAnothersOrOfAnotherVersionOrTooLarge()
    {
        var change = Change(metadata: [("c", "3")]);
        Assert.Equal(ChangeOutcome.NotFound, ChangeRules.Apply(_state, "bob", change, After(2), out var next).Outcome);
        Assert.Equal(ChangeOutcome.NotFound, ChangeRules.Apply(VideoRules.Delete(_state, After(2)), "ann", change, After(2), out _).Outcome);
        Assert.Equal(ChangeOutcome.TagMismatch, ChangeRules.Apply(_state, "ann", change with { Tags = ["\"1\""] }, After(2), out _).Outcome);
        Assert.Equal(ChangeOutcome.Ok, ChangeRules.Apply(_state, "ann", change with { Tags = ["\"1\"", _state.Record!.Tag] }, After(2), out _).Outcome);
        var many = Change(metadata: [.. Enumerable.Range(0, 15).Select(i => ($"k{i}", (string?)"v"))]);
        Assert.Equal(ChangeOutcome.MetadataInvalid, ChangeRules.Apply(_state, "ann", many, After(2), out _).Outcome);
        Assert.Same(_state, next);
    }

    [Fact]
    public void OlderStates_HaveNothingOfIt() => Assert.Equal((0L, 0), (new VideoState().ExternalPosition, new VideoState().Unlisted.Count));

    private static VideoChange Change((string Key, string? Value)[] metadata) =>
        new(null, null, metadata.ToDictionary(pair => pair.Key, pair => pair.Value), ReplacesMetadata: false, Tags: null);

    private static string Text(VideoRecord record) =>
        string.Join(',', record.Caller!.Metadata!.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"));
}
