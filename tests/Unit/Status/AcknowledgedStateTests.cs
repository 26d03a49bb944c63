using Ingestion.Grains.Status;
using Ingestion.Status;

namespace Ingestion.Tests.Unit.Status;

/// <summary>What sockets have acknowledged: all up to a place, and single events behind it. Written as <c>k7:5+7,9</c>.</summary>
public sealed class AcknowledgedStateTests
{
    [Theory]
    [InlineData("", "k7:5", "k7:5")]
    [InlineData("k7:3", "k7:5", "k7:5")]
    [InlineData("k7:5", "k7:3", "k7:5")]
    [InlineData("k6:8", "k7:1", "k7:1")] // Another journal.
    [InlineData("k7:5", "", "k7:5")]
    [InlineData("k7:5", "k7:0+7,9", "k7:5+7,9")]
    [InlineData("k7:5+9", "k7:0+7", "k7:5+7,9")]
    [InlineData("k7:5+7,9", "k7:8", "k7:8+9")]
    [InlineData("k7:5", "k7:0+3,6", "k7:5+6")]
    [InlineData("k7:5+7", "k6:9", "k6:9")]
    public void Both_AreKnown(string before, string acknowledged, string expected) => Assert.Equal(expected, Write(Read(before).With(Read(acknowledged))));

    [Theory]
    [InlineData("k7:5", "k7:5")]
    [InlineData("k7:5+7", "k7:3+5,7")]
    [InlineData("k7:5+7", "")]
    public void Nothing_IsNew(string before, string acknowledged)
    {
        var state = Read(before);
        Assert.Same(state, state.With(Read(acknowledged)));
    }

    [Theory]
    [InlineData("", "k7:1", false)]
    [InlineData("k7:5+7", "k7:5", true)]
    [InlineData("k7:5+7", "k7:6", false)]
    [InlineData("k7:5+7", "k7:7", true)]
    [InlineData("k7:5+7", "k8:5", false)]
    public void Event_IsAcknowledged(string state, string cursor, bool expected) => Assert.Equal(expected, Read(state).Has(Place(cursor)!.Value));

    [Fact]
    public void NewestEvents_AreRemembered_WhenThereAreTooMany()
    {
        var state = Read("k7:5");
        for (var offset = 7; offset < 7 + (2 * (AcknowledgedState.MostEvents + 1)); offset += 2)
            state = state.With(AcknowledgedState.Of(new Acknowledgement(new Cursor("k7", offset), [offset])));
        Assert.Equal((AcknowledgedState.MostEvents, 9L), (state.Events.Count, state.Events[0]));
    }

    private static AcknowledgedState Read(string text)
    {
        var parts = text.Split('+');
        return new AcknowledgedState { Cursor = Place(parts[0]), Events = parts.Length == 1 ? [] : [.. parts[1].Split(',').Select(long.Parse)] };
    }

    private static string Write(AcknowledgedState state) => $"{state.Cursor}{(state.Events.Count > 0 ? "+" : "")}{string.Join(',', state.Events)}";

    private static Cursor? Place(string text)
    {
        if (text.Length == 0)
            return null;
        var parts = text.Split(':');
        return new Cursor(parts[0], long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
