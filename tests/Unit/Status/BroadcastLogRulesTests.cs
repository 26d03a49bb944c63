using System.Text;
using Ingestion.Grains.Status;
using Ingestion.Status;

namespace Ingestion.Tests.Unit.Status;

public class BroadcastLogRulesTests
{
    private static readonly DateTimeOffset _now = ManualTime.Start;

    [Fact]
    public void Broadcasts_AreNumberedInOneRow_WhateverTheirChannel()
    {
        var state = Append(Append(new BroadcastLogState(), "a"), "b", "role:x");
        Assert.Equal([(1L, "system", "a"), (2L, "role:x", "b")], Read(state, 0));
        Assert.Equal([(2L, "role:x", "b")], Read(state, 1));
        Assert.Empty(Read(state, 2));
    }

    [Fact]
    public void Broadcast_NamesTheOneBeforeItInItsChannel()
    {
        var state = Append(Append(Append(new BroadcastLogState(), "a"), "b", "role:x"), "c");
        Assert.Equal(3, BroadcastLogRules.Append(state, "system", Message("d", "d"), _now).Result.Broadcast.Previous);
        Assert.Equal(2, BroadcastLogRules.Append(state, "role:x", Message("d", "d"), _now).Result.Broadcast.Previous);
        Assert.Equal(0, BroadcastLogRules.Append(state, "role:y", Message("d", "d"), _now).Result.Broadcast.Previous);
        // A request that is repeated publishes it too.
        Assert.Equal(1, BroadcastLogRules.Append(state, "system", Message("c", "c"), _now).Result.Broadcast.Previous);
    }

    [Fact]
    public void Everything_IsReturned_WhenTheNumberIsOfALogThatIsLost() =>
        Assert.Equal([(1L, "system", "a")], Read(Append(new BroadcastLogState(), "a"), 100));

    [Fact]
    public void RepeatedId_ChangesNothingAndReturnsTheFirst()
    {
        var state = Append(new BroadcastLogState(), "a");
        var again = BroadcastLogRules.Append(state, "role:x", Message("a", "other"), _now);
        Assert.False(again.Durable);
        Assert.Equal(("system", "\"a\"", 1L), (again.Result.Channel, Encoding.UTF8.GetString(again.Result.Broadcast.Json.Span), again.Result.Broadcast.Number));
    }

    [Fact]
    public void OldOnesGo_AfterTheirTimeOrWhenThereAreTooMany()
    {
        var state = Append(new BroadcastLogState(), "a");
        var later = _now + BroadcastLogRules.Kept;
        Assert.Empty(BroadcastLogRules.Read(state, 0, later).Broadcasts);
        Assert.Equal(1, BroadcastLogRules.Read(state, 0, later).End);
        // Its id is free again, and numbers go on.
        Assert.Equal(2, BroadcastLogRules.Append(state, "system", Message("a", "a") with { At = later }, later).Result.Broadcast.Number);
        for (var i = 0; i < BroadcastLogRules.MostKept; i++)
            state = Append(state, $"{i}");
        Assert.Equal((BroadcastLogRules.MostKept, 2L), (state.Items.Count, state.Items[0].Number));
    }

    private static BroadcastLogState Append(BroadcastLogState state, string id, string channel = "system") =>
        BroadcastLogRules.Append(state, channel, Message(id, id), _now).Next;

    private static Broadcast Message(string id, string text) => new(id, _now, Encoding.UTF8.GetBytes($"\"{text}\""));

    private static (long, string, string)[] Read(BroadcastLogState state, long after) =>
        [.. BroadcastLogRules.Read(state, after, _now).Broadcasts.Select(kept => (kept.Broadcast.Number, kept.Channel, kept.Broadcast.Id))];
}
