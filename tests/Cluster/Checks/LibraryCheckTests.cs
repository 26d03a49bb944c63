using Ingestion.Tests.Cluster.Load;

namespace Ingestion.Tests.Cluster.Checks;

/// <summary>The check of libraries fails when there is something to find.</summary>
public sealed class LibraryCheckTests
{
    private readonly Ledger _ledger = new();

    public LibraryCheckTests()
    {
        foreach (var name in (string[])["a", "b", "unanswered"])
            _ledger.Send(name, [1]);
        _ledger.Acknowledge("a", "1");
        _ledger.Acknowledge("b", "2");
    }

    [Fact]
    public void NothingIsFound_WhenAllThatIsAcknowledgedIsThere()
    {
        Assert.Empty(LibraryCheck.Rows([("1", "a"), ("2", "b")], _ledger));
        Assert.Empty(LibraryCheck.Rows([("1", "a"), ("2", "b"), ("3", "unanswered")], _ledger));
    }

    [Fact]
    public void LossIsFound_WhenAnAcknowledgedVideoIsNotThere() => Assert.NotEmpty(LibraryCheck.Rows([("1", "a")], _ledger));

    [Fact]
    public void LossIsFound_WhenItIsThereUnderAnotherId() => Assert.NotEmpty(LibraryCheck.Rows([("1", "a"), ("9", "b")], _ledger));

    [Fact]
    public void RepetitionIsFound_WhenAVideoIsThereTwice() => Assert.NotEmpty(LibraryCheck.Rows([("1", "a"), ("2", "b"), ("3", "b")], _ledger));

    [Fact]
    public void RepetitionIsFound_WhenARowIsThereTwice() => Assert.NotEmpty(LibraryCheck.Rows([("1", "a"), ("2", "b"), ("2", "b")], _ledger));

    [Fact]
    public void UntruthIsFound_WhenAVideoIsThereThatNobodySent() => Assert.NotEmpty(LibraryCheck.Rows([("1", "a"), ("2", "b"), ("3", "c")], _ledger));
}
