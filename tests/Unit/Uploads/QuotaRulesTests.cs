using Ingestion.Grains.Storage;
using Ingestion.Grains.Uploads;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

public class QuotaRulesTests
{
    private static readonly DateTimeOffset _now = ManualTime.Start; // 03:04:05 UTC
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private QuotaState _state = new();

    [Fact]
    public void UploadBeyondTheSlots_IsRefusedUntilOneEnds_WhenSlotsAreLimited()
    {
        var limits = new QuotaLimits(2, 0, 0);
        Assert.Equal(QuotaOutcome.Ok, Reserve("a", 1, limits));
        Assert.Equal(QuotaOutcome.Ok, Reserve("b", 1, limits, durable: false));
        Assert.Equal(new QuotaResult(QuotaOutcome.TooManyUploads, TimeSpan.FromSeconds(5)), Try("c", 1, limits).Result);
        // An upload with a slot keeps it, whatever it requests.
        Assert.Equal(QuotaOutcome.Ok, Reserve("a", 9, limits));
        Release("b");
        Assert.Equal(QuotaOutcome.Ok, Reserve("c", 1, limits));
        Assert.Equal(2, Usage().Uploads);
    }

    [Fact]
    public void SumsEndAtTheLargestNumber_WhenNothingIsLimitedAndMuchIsDeclared()
    {
        var none = new QuotaLimits(0, 0, 0);
        foreach (var (id, durable) in new[] { ("a", true), ("b", true), ("c", false), ("d", false) })
            Assert.Equal(QuotaOutcome.Ok, Reserve(id, long.MaxValue - 1, none, durable: durable));
        Assert.Equal(new QuotaUsage(4, long.MaxValue, 0, 0), Usage());
        Assert.Equal(QuotaOutcome.TotalExceeded, Try("e", 1, new QuotaLimits(0, long.MaxValue, 0)).Result.Outcome);
        Assert.Equal(QuotaOutcome.DayExceeded, Try("e", 1, new QuotaLimits(0, 0, long.MaxValue)).Result.Outcome);
        var ahead = QuotaRules.ReserveAhead(_state, "e", 1, new QuotaReservation(long.MaxValue, _now + _hour), durable: true, none, _now).Result;
        Assert.Equal((QuotaOutcome.Ok, true), (ahead.Outcome, ahead.Bytes > 1));
        foreach (var id in (string[])["a", "b", "c"])
            Commit(id, long.MaxValue - 1);
        Assert.Equal(new QuotaUsage(1, long.MaxValue - 1, long.MaxValue, long.MaxValue), Usage());
        Assert.Equal(QuotaOutcome.TotalExceeded, Try("e", 1, new QuotaLimits(0, long.MaxValue, 0)).Result.Outcome);
        Return("a", long.MaxValue);
        Assert.Equal(0, Usage().TotalBytes);
    }

    [Fact]
    public void Bytes_AreRefusedWithoutRetry_WhenFinishedAndReservedOnesFillTheTotal()
    {
        var limits = new QuotaLimits(0, 100, 0);
        Commit("old", 40);
        Assert.Equal(QuotaOutcome.Ok, Reserve("a", 50, limits));
        Assert.Equal(new QuotaResult(QuotaOutcome.TotalExceeded, null), Try("b", 11, limits).Result);
        Assert.Equal(QuotaOutcome.Ok, Reserve("b", 10, limits));
        // The user's own act makes room.
        Return("old", 40);
        Assert.Equal(QuotaOutcome.Ok, Reserve("c", 40, limits));
    }

    [Fact]
    public void Bytes_AreRefusedUntilMidnight_WhenTheDayIsFull()
    {
        var limits = new QuotaLimits(0, 0, 100);
        Commit("old", 90);
        Return("old", 90);
        var refused = Try("a", 11, limits).Result;
        Assert.Equal(QuotaOutcome.DayExceeded, refused.Outcome);
        Assert.Equal(_now.Date.AddDays(1), (_now + refused.RetryAfter!.Value).UtcDateTime);
        Assert.Equal(QuotaOutcome.Ok, Reserve("a", 11, limits, now: _now + refused.RetryAfter.Value));
        Assert.Equal(0, QuotaRules.Usage(_state, _now + refused.RetryAfter.Value).DayBytes);
    }

    [Fact]
    public void Day_DoesNotGoBack_WhenAClockIsBehind()
    {
        Commit("a", 5, _now + TimeSpan.FromDays(1));
        Assert.Equal(5, Usage().DayBytes);
    }

    [Fact]
    public void LimitOfLongMaxValue_HoldsNothingBack_WhenBytesAreMany()
    {
        var limits = new QuotaLimits(0, long.MaxValue, long.MaxValue);
        Commit("old", long.MaxValue / 2);
        Assert.Equal(QuotaOutcome.TotalExceeded, Try("a", long.MaxValue, limits).Result.Outcome);
        Assert.Equal(QuotaOutcome.Ok, Reserve("a", long.MaxValue / 2, limits));
    }

    [Fact]
    public void Reservation_GrowsInPlace_WhenMadeAgain()
    {
        Reserve("a", 10);
        Reserve("a", 30);
        Reserve("a", 20);
        Assert.Equal(new QuotaUsage(1, 30, 0, 0), Usage());
    }

    [Fact]
    public void Reservation_StaysAsItWas_WhenItsRaiseIsRefused()
    {
        var limits = new QuotaLimits(0, 100, 0);
        Reserve("a", 90, limits);
        var refused = Try("a", 101, limits);
        Assert.Equal((QuotaOutcome.TotalExceeded, false), (refused.Result.Outcome, refused.Durable));
        Assert.Same(_state, refused.Next);
    }

    [Fact]
    public void Renewal_IsGranted_WhenTheLimitHasBeenLoweredSince()
    {
        Reserve("a", 90);
        Assert.Equal(QuotaOutcome.Ok, Reserve("a", 90, new QuotaLimits(1, 10, 10), until: _now + 2 * _hour));
        Assert.Equal(1, QuotaRules.Usage(_state, _now + _hour).Uploads);
    }

    [Fact]
    public void Reservation_CountsNoMore_WhenItsTimeIsOver()
    {
        var limits = new QuotaLimits(1, 100, 0);
        Reserve("a", 100, limits, until: _now + _hour);
        Reserve("a", 100, limits, until: _now); // A renewal never shortens.
        Assert.Equal(QuotaOutcome.TotalExceeded, Try("b", 1, limits, now: _now + _hour - TimeSpan.FromTicks(1)).Result.Outcome);
        Assert.Equal(new QuotaUsage(0, 0, 0, 0), QuotaRules.Usage(_state, _now + _hour));
        Assert.Equal(QuotaOutcome.Ok, Reserve("b", 100, limits, now: _now + _hour));
        Assert.Equal(["b"], _state.Reservations.Keys);
    }

    [Fact]
    public void OnlyWhatSurvivesItsSilo_IsToBeStored_WhenReservedAndReleased()
    {
        Assert.False(Apply(Try("form", 10, QuotaLimits.None, durable: false)).Durable);
        Assert.Empty(_state.Reservations);
        Assert.True(Apply(Try("tus", 10, QuotaLimits.None)).Durable);
        Assert.False(Apply(QuotaRules.Release(_state, "form", _now)).Durable);
        Assert.False(Apply(QuotaRules.Release(_state, "unknown", _now)).Durable);
        Assert.True(Apply(QuotaRules.Release(_state, "tus", _now)).Durable);
        Assert.Equal(new QuotaUsage(0, 0, 0, 0), Usage());
    }

    [Fact]
    public void Reservation_StaysDurable_WhenItIsRaisedAsIfItWereNot()
    {
        Reserve("a", 10);
        Assert.True(Apply(Try("a", 20, QuotaLimits.None, durable: false)).Durable);
        Assert.Empty(_state.Fleeting);
        Reserve("b", 10, durable: false);
        Assert.True(Apply(Try("b", 10, QuotaLimits.None)).Durable);
        Assert.Empty(_state.Fleeting);
        Assert.Equal(2, Usage().Uploads);
    }

    [Fact]
    public void SameReservation_CostsNoWrite_WhenRepeated()
    {
        Reserve("a", 10);
        var again = Try("a", 10, QuotaLimits.None);
        Assert.Same(_state, again.Next);
        Assert.False(again.Durable);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Commit_CountsOnceAndEndsTheReservation_WhenRepeated(bool known)
    {
        if (known)
            Reserve("a", 10);
        Commit("a", 12);
        var again = QuotaRules.CommitReservation(_state, "a", 12, _now);
        Assert.Same(_state, again.Next);
        Assert.Equal(new QuotaUsage(0, 0, 12, 12), Usage());
    }

    [Fact]
    public void Commit_EndsAReservationMadeAfterIt_WhenRepeated()
    {
        Commit("a", 12);
        Reserve("a", 10);
        Assert.True(Apply(QuotaRules.CommitReservation(_state, "a", 12, _now)).Durable);
        Assert.Equal(new QuotaUsage(0, 0, 12, 12), Usage());
    }

    [Fact]
    public void Return_CountsOnceAndLeavesTheDay_WhenRepeated()
    {
        Commit("a", 12);
        Commit("b", 1);
        Return("a", 12);
        Return("a", 12);
        Assert.Equal(new QuotaUsage(0, 0, 1, 13), Usage());
    }

    [Fact]
    public void Total_IsNotBelowZero_WhenAVideoOfBeforeIsRemoved()
    {
        Return("old", 12);
        Assert.Equal(0, Usage().TotalBytes);
    }

    [Fact]
    public void Total_ComesOutRight_WhenAReturnOvertakesItsCommit()
    {
        Commit("other", 100);
        Reserve("a", 12);
        Return("a", 12);
        Commit("a", 12);
        Assert.Equal(new QuotaUsage(0, 0, 100, 112), Usage());
    }

    [Fact]
    public void Memory_IsBounded_WhenManyAreCommittedAndReturned()
    {
        for (var i = 0; i < 2 * QuotaRules.Remembered; i++)
        {
            Commit($"{i}", 1);
            Return($"{i}", 1);
        }

        Assert.Equal((QuotaRules.Remembered, QuotaRules.Remembered), (_state.Committed.Count, _state.Returned.Count));
        Assert.Equal($"{(2 * QuotaRules.Remembered) - 1}", _state.Committed[^1]);
        Assert.Equal(0, Usage().TotalBytes);
    }

    [Fact]
    public void UnknownLength_ReservesAllThatIsWanted_WhenThereIsPlentyOfRoom()
    {
        Assert.Equal(5_000, Ahead("a", 1_000, 5_000, QuotaLimits.None).Bytes);
        Assert.Equal(5_000, Ahead("b", 1_000, 5_000, new QuotaLimits(0, 1L << 40, 1L << 40)).Bytes);
        Assert.Equal(10_000, Usage().ReservedBytes);
    }

    [Theory]
    [InlineData(10_000_000, 0)]
    [InlineData(0, 10_000_000)]
    public void UnknownLength_ReservesToTheLastByte_WhenTheRoomIsSmall(long total, long daily)
    {
        var limits = new QuotaLimits(0, total, daily);
        var (end, steps) = (0L, 0);
        while (end < 10_000_000)
        {
            var step = Ahead("a", end + 1, end + (64L << 20), limits);
            Assert.Equal(QuotaOutcome.Ok, step.Outcome);
            Assert.True(step.Bytes > end);
            (end, steps) = (step.Bytes, steps + 1);
        }

        Assert.InRange(steps, 2, 60);
        var refused = Ahead("a", end + 1, end + 100, limits);
        Assert.Equal(total > 0 ? QuotaOutcome.TotalExceeded : QuotaOutcome.DayExceeded, refused.Outcome);
        Assert.Equal(end, Usage().ReservedBytes);
    }

    /// <summary>The first one does not take what the others need.</summary>
    [Fact]
    public void UnknownLengths_FitSideBySide_WhenTheirBytesDo()
    {
        var limits = new QuotaLimits(0, 10_000_000, 0);
        foreach (var id in (string[])["a", "b", "c", "d"])
            Assert.Equal(QuotaOutcome.Ok, Ahead(id, 1_000_000, 64L << 20, limits).Outcome);
        Assert.InRange(Usage().ReservedBytes, 4_000_000, 10_000_000);
    }

    private QuotaResult Ahead(string id, long least, long wanted, QuotaLimits limits) =>
        Apply(QuotaRules.ReserveAhead(_state, id, least, new QuotaReservation(wanted, _now + _hour), durable: true, limits, _now)).Result;

    private QuotaOutcome Reserve(string id, long bytes, QuotaLimits? limits = null, bool durable = true, DateTimeOffset? now = null,
        DateTimeOffset? until = null) =>
        Apply(Try(id, bytes, limits ?? QuotaLimits.None, durable, now, until)).Result.Outcome;

    private StateChange<QuotaState, QuotaResult> Try(string id, long bytes, QuotaLimits limits, bool durable = true, DateTimeOffset? now = null,
        DateTimeOffset? until = null) =>
        QuotaRules.Reserve(_state, id, new QuotaReservation(bytes, until ?? ((now ?? _now) + TimeSpan.FromDays(1))), durable, limits, now ?? _now);

    private void Commit(string id, long bytes, DateTimeOffset? now = null) => Apply(QuotaRules.CommitReservation(_state, id, bytes, now ?? _now));

    private void Release(string id) => Apply(QuotaRules.Release(_state, id, _now));

    private void Return(string id, long bytes) => Apply(QuotaRules.Return(_state, id, bytes, _now));

    private QuotaUsage Usage() => QuotaRules.Usage(_state, _now);

    private StateChange<QuotaState, TResult> Apply<TResult>(StateChange<QuotaState, TResult> change)
    {
        _state = change.Next;
        return change;
    }
}
