namespace Ingestion.Tests.Cluster.Checks;

/// <summary>The check of sockets and journals fails when there is something to find.</summary>
public sealed class JournalCheckTests
{
    private const string Video = "v1";

    private static readonly SeenEvent[] _journal =
    [
        Event(1, "receiving"), Event(2, "uploaded"), Event(3, "processing"), Event(4, "processing"), Event(5, "ready"),
    ];

    [Fact]
    public void NothingIsFound_WhenEachEventIsSeenOnce()
    {
        Assert.Empty(JournalCheck.Journal(_journal, [Video]));
        Assert.Empty(JournalCheck.Socket(_journal, _journal));
    }

    [Fact]
    public void NothingIsFound_WhenALaterEventStandsForTheOneBefore() =>
        Assert.Empty(JournalCheck.Socket([_journal[0], _journal[1], _journal[3] with { Count = 2 }, _journal[4]], _journal));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void LossIsFound_WhenASocketLacksAnEvent(int missing) =>
        Assert.Contains("missed", Assert.Single(JournalCheck.Socket([.. _journal.Where((_, i) => i != missing)], _journal)), StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void RepetitionIsFound_WhenASocketGetsAnEventTwice(int twice) =>
        Assert.NotEmpty(JournalCheck.Socket([.. _journal, _journal[twice]], _journal));

    [Fact]
    public void UntruthIsFound_WhenASocketGotWhatTheJournalHasNot() =>
        Assert.NotEmpty(JournalCheck.Socket([.. _journal, Event(6, "failed")], _journal));

    [Fact]
    public void UntruthIsFound_WhenTheJournalHasAnotherEventAtThatPlace() =>
        Assert.NotEmpty(JournalCheck.Socket([.. _journal[..4], _journal[4] with { Id = "another" }], _journal));

    [Fact]
    public void HoleIsFound_WhenTheJournalSkipsAPlace() => Assert.NotEmpty(JournalCheck.Journal([.. _journal.Where((_, i) => i != 2)], [Video]));

    [Fact]
    public void RepetitionIsFound_WhenTheJournalHasAnEventAtTwoPlaces() =>
        Assert.NotEmpty(JournalCheck.Journal([.. _journal, _journal[4] with { Offset = 6 }], []));

    [Fact]
    public void RepetitionIsFound_WhenAVideoBecomesReadyTwice() => Assert.NotEmpty(JournalCheck.Journal([.. _journal, Event(6, "ready")], [Video]));

    [Fact]
    public void LossIsFound_WhenTheJournalDoesNotSayThatAVideoIsReady() => Assert.NotEmpty(JournalCheck.Journal(_journal[..4], [Video]));

    private static SeenEvent Event(long offset, string state) => new(offset, $"e{offset}", Video, state);
}
