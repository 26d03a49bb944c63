using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Ingestion.Tests.Unit.Infrastructure;
using static Ingestion.Tests.Unit.Silos.Readings;

namespace Ingestion.Tests.Unit.Silos.Deciding;

/// <summary>Which action comes next, in virtual time.</summary>
public class ActionRulesTests
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(40);

    private readonly ActionRules _rules = new();
    private TimeSpan _now = TimeSpan.FromHours(1);
    private long _number;

    [Fact]
    public void Nothing_IsDone_WithoutPressure() => Assert.Null(Next(MemoryLevel.Green, MemoryCause.Garbage, At(500, held: 300)));

    [Fact]
    public void Nothing_IsDone_WhenEnoughIsFreed_AlthoughTheLevelLasts() =>
        Assert.Null(Next(MemoryLevel.High, MemoryCause.Garbage, At(200, held: 150), need: 0));

    [Fact]
    public void FirstAction_FollowsTheCause_WhenTheLevelIsHigh()
    {
        var reading = At(500, held: 150, live: 100, anonymous: 300, idle: 60);
        Assert.Equal(MemoryAction.Collect, Next(MemoryLevel.High, MemoryCause.Garbage, reading)!.Value.Action);
        Assert.Equal(MemoryAction.TrimNative, Next(MemoryLevel.High, MemoryCause.Native, reading)!.Value.Action);
        Assert.Equal(MemoryAction.ShedIdleGrains, Next(MemoryLevel.High, MemoryCause.LiveGrains, reading)!.Value.Action);
        Assert.Equal(MemoryAction.CollectInBackground, Next(MemoryLevel.Elevated, MemoryCause.LiveGrains, reading)!.Value.Action);
    }

    [Fact]
    public void NoGrains_AreDeactivated_ForMemoryOfTheKernel()
    {
        Assert.Equal(MemoryAction.TrimNative, Next(MemoryLevel.Critical, MemoryCause.Kernel, At(300, held: 150, live: 100, anonymous: 300, idle: 60))!.Value.Action);
        Assert.Null(Next(MemoryLevel.Critical, MemoryCause.Kernel, At(300, idle: 60)));
    }

    [Fact]
    public void Action_IsLeftOut_WhenItPromisesLittle() =>
        Assert.Equal(MemoryAction.Collect, Next(MemoryLevel.High, MemoryCause.LiveGrains, At(500, held: 60, live: 40, idle: 7))!.Value.Action);

    [Fact]
    public void LittleIsEnough_InASmallSilo()
    {
        var reading = At(500, held: 60, live: 55, idle: 0);
        Assert.Null(Next(MemoryLevel.High, MemoryCause.Garbage, reading));
        _rules.Fit(300 * Mebibyte);
        Assert.Equal(MemoryAction.Collect, Next(MemoryLevel.High, MemoryCause.Garbage, reading)!.Value.Action);
    }

    [Fact]
    public void OldReading_IsNoReasonToAct()
    {
        var reading = At(500, held: 150);
        _now += PressureRules.Stale + TimeSpan.FromMilliseconds(1);
        Assert.Null(Next(MemoryLevel.Emergency, MemoryCause.Garbage, reading));
    }

    [Fact]
    public void Collection_FollowsDeactivation_AndBothAreJudgedByOneFallOfRss()
    {
        Take(MemoryCause.LiveGrains, At(500, held: 120, live: 100, idle: 60), need: 30);
        Assert.Null(Next(MemoryLevel.High, MemoryCause.LiveGrains, At(500, held: 120, live: 100, idle: 30)));
        _now += ActionRules.JudgeAfter;
        var collect = Take(MemoryCause.LiveGrains, At(500, held: 120, live: 100, idle: 30));
        Assert.Equal(new ActionPlan(MemoryAction.Collect, 50 * Mebibyte), collect);
        _now += ActionRules.JudgeAfter;

        var after = At(460);
        Assert.Equal(new ActionYield(2, 16 * Mebibyte), _rules.Judge(after));
        Assert.Equal(new ActionYield(1, 24 * Mebibyte), Judged(after));
        Assert.Null(Judged(after));
    }

    /// <summary>With a large heap one pause takes the budget of a minute: what goes until the next must not be one handful of grains.</summary>
    [Fact]
    public void MoreIsDeactivated_WhileACollectionHasToWait_AndOneFindsAllOfIt()
    {
        _rules.Pauses.Spend(_now, PauseBudget.Most);
        _rules.Collected(120 * Mebibyte);
        Assert.Equal(new ActionPlan(MemoryAction.ShedIdleGrains, 30 * Mebibyte), Take(MemoryCause.LiveGrains, At(500, idle: 200), need: 30));
        _now += ActionRules.JudgeAfter;
        Assert.Null(Next(MemoryLevel.High, MemoryCause.LiveGrains, At(505, idle: 170), need: 35));
        Assert.Equal(new ActionPlan(MemoryAction.ShedIdleGrains, 20 * Mebibyte), Take(MemoryCause.LiveGrains, At(520, idle: 170), need: 50));
        _now += PauseBudget.Window;

        var collect = Take(MemoryCause.LiveGrains, At(520, held: 120, live: 100, idle: 150), need: 50);
        Assert.Equal(new ActionPlan(MemoryAction.Collect, 70 * Mebibyte), collect);
        _now += ActionRules.JudgeAfter;
        var after = At(450);
        Assert.Equal([new(3, 20 * Mebibyte), new(1, 30 * Mebibyte), new(2, 20 * Mebibyte)], new[] { Judged(after), Judged(after), Judged(after) });
        Assert.Null(Judged(after));
    }

    [Fact]
    public void Collection_WaitsForGrainsThatLeaveInTurn_ButNotForEver()
    {
        Take(MemoryCause.LiveGrains, At(500, idle: 200), need: 30);
        _now += ActionRules.JudgeAfter;
        Assert.Null(Next(MemoryLevel.High, MemoryCause.LiveGrains, At(500, idle: 150, leaving: 1)));
        Assert.Equal(MemoryAction.Collect, Next(MemoryLevel.High, MemoryCause.LiveGrains, At(500, idle: 150))!.Value.Action);
        _now += ActionRules.LongestLeave;
        Assert.Equal(MemoryAction.Collect, Next(MemoryLevel.High, MemoryCause.LiveGrains, At(500, idle: 150, leaving: 1))!.Value.Action);
    }

    /// <summary>What dies in the oldest generation would pile up meanwhile; its RSS stays, so that it is not judged by that.</summary>
    [Theory]
    [InlineData(MemoryCause.LiveGrains, MemoryLevel.High, 15, 3)]
    [InlineData(MemoryCause.Garbage, MemoryLevel.Critical, 15, 3)]
    [InlineData(MemoryCause.LiveGrains, MemoryLevel.Emergency, 5, 2)]
    public void CollectionInTheBackground_StandsInForOneThatHasToWait(MemoryCause cause, MemoryLevel level, int apart, int rounds)
    {
        _rules.Pauses.Spend(_now, PauseBudget.Most);
        _rules.Collected(220 * Mebibyte);
        for (var round = 0; round < rounds; round++)
        {
            Assert.Equal(new ActionPlan(MemoryAction.CollectInBackground, 40 * Mebibyte), Take(cause, At(500, held: 300, live: 280), level: level));
            _now += ActionRules.JudgeAfter;
            Judged(At(500));
            Assert.Null(Next(level, cause, At(500, held: 300, live: 280)));
            _now += TimeSpan.FromSeconds(apart - 1);
        }

        _now += PauseBudget.Window;
        Assert.Equal(MemoryAction.Collect, Take(cause, At(500, held: 300, live: 280), level: level).Action);
    }

    [Fact]
    public void Deactivation_Stops_WhenGrainsComeBack()
    {
        Assert.Equal(MemoryAction.ShedIdleGrains, Next(MemoryLevel.High, MemoryCause.LiveGrains, At(500, idle: 60, regret: 0.1))!.Value.Action);
        Assert.Null(Next(MemoryLevel.High, MemoryCause.LiveGrains, At(500, idle: 60, regret: 0.11)));
    }

    [Fact]
    public void Nothing_IsDone_UntilTheLastActionIsJudged()
    {
        Take(MemoryCause.Native, At(500, anonymous: 300));
        Assert.Null(Next(MemoryLevel.High, MemoryCause.Garbage, At(500, held: 200)));
        _now += ActionRules.JudgeAfter;
        Assert.NotNull(Judged(At(400)));
        Assert.NotNull(Next(MemoryLevel.High, MemoryCause.Garbage, At(500, held: 200)));
    }

    [Fact]
    public void Action_IsSetAsideForThatCauseForFiveMinutes_WhenItFreesLittleTwice()
    {
        for (var miss = 0; miss < 2; miss++)
        {
            Assert.Equal(MemoryAction.Collect, Take(MemoryCause.Garbage, At(500, held: 120)).Action);
            _now += PauseBudget.Apart;
            Judged(At(490));
        }

        var aside = _now;
        Assert.Null(Next(MemoryLevel.High, MemoryCause.Garbage, At(500, held: 120)));
        Assert.Equal(MemoryAction.Collect, Next(MemoryLevel.High, MemoryCause.LiveGrains, At(500, held: 120))!.Value.Action);
        _now = aside + SetAside.For - TimeSpan.FromSeconds(1);
        Assert.Null(Next(MemoryLevel.High, MemoryCause.Garbage, At(500, held: 120)));
        _now += TimeSpan.FromSeconds(1);
        Assert.NotNull(Next(MemoryLevel.High, MemoryCause.Garbage, At(500, held: 120)));
    }

    [Fact]
    public void OneGoodYield_ForgivesAMiss()
    {
        foreach (var after in new long[] { 490, 400, 490, 400 })
        {
            Assert.Equal(MemoryAction.Collect, Take(MemoryCause.Garbage, At(500, held: 120)).Action);
            _now += PauseBudget.Apart;
            Judged(At(after));
        }
    }

    [Fact]
    public void Pauses_StayWithinOnePercent_WhenCollectionsAreLong()
    {
        var pauses = new PauseBudget();
        var made = new List<double>();
        for (var second = 0.0; second < 120; second += 0.25)
        {
            if (!pauses.Allows(TimeSpan.FromSeconds(second)))
                continue;
            pauses.Spend(TimeSpan.FromSeconds(second), TimeSpan.FromMilliseconds(150));
            made.Add(second);
        }

        Assert.Equal([0, 10, 20, 30, 60, 70, 80, 90], made);
    }

    /// <summary>The silo would recycle itself next, which is a longer pause.</summary>
    [Fact]
    public void EmergencyWaitsForNoMinute()
    {
        _rules.Pauses.Spend(_now, PauseBudget.Most);
        _now += PauseBudget.Apart - TimeSpan.FromSeconds(1);
        Assert.NotEqual(MemoryAction.Collect, Next(MemoryLevel.Emergency, MemoryCause.Garbage, At(500, held: 120))?.Action);
        _now += TimeSpan.FromSeconds(1);
        Assert.NotEqual(MemoryAction.Collect, Next(MemoryLevel.Critical, MemoryCause.Garbage, At(500, held: 120))?.Action);
        Assert.Equal(MemoryAction.Collect, Next(MemoryLevel.Emergency, MemoryCause.Garbage, At(500, held: 120))!.Value.Action);
    }

    [Fact]
    public void Limits_Hold_WhateverHappens() => Histories.Check(300, random =>
    {
        var (rules, now) = (new ActionRules(), TimeSpan.Zero);
        var pauses = new List<(TimeSpan At, TimeSpan Pause)>();
        var misses = new Dictionary<(MemoryCause, MemoryAction), (int Count, TimeSpan At)>();
        var taken = new Dictionary<long, (MemoryCause Cause, ActionPlan Plan)>();
        for (long step = 1; step < 4000; step++)
        {
            now += TimeSpan.FromSeconds(0.25 + (random.Next(30) == 0 ? random.NextDouble() * 20 : 0));
            var age = TimeSpan.FromSeconds(random.Next(5) == 0 ? random.NextDouble() * 3 : 0);
            var reading = Of(now - age, random.Next(300, 600), held: random.Next(20, 250), anonymous: random.Next(50, 400), idle: random.Next(0, 100),
                regret: random.NextDouble() * 0.2);
            while (rules.Judge(reading) is { } yield)
                Count(misses, taken[yield.Number], yield.FreedBytes, reading.At);
            var (cause, level) = ((MemoryCause)random.Next(1, 9), (MemoryLevel)random.Next(5));
            if (rules.Next(now, new ActionNeed(level, cause, 50 * Mebibyte), reading) is not { } plan)
                continue;
            Assert.True(age <= PressureRules.Stale, "It acted on a stale reading.");
            Assert.True(plan.PredictedBytes >= rules.LeastYield);
            if (plan.Action == MemoryAction.ShedIdleGrains)
                Assert.True(reading.Load.Grains.Regret <= ActionRules.MostRegret && cause is not MemoryCause.Kernel, "It deactivated grains in vain.");
            if (plan.Action == MemoryAction.TrimNative && misses.TryGetValue((cause, plan.Action), out var missed))
                Assert.False(missed.Count >= 2 && now - missed.At < SetAside.For, "An action that was set aside was taken.");
            var pause = TimeSpan.FromMilliseconds(random.Next(20, 151));
            taken[step] = (cause, plan);
            rules.Taken(now, step, cause, plan, reading.Process.ResidentBytes, pause);
            if (plan.Action != MemoryAction.Collect)
                continue;
            Assert.True(pauses.Count == 0 || now - pauses[^1].At >= PauseBudget.Apart, "Two collections within ten seconds.");
            pauses.Add((now, pause));
            if (level is MemoryLevel.Emergency)
                continue;
            var minute = pauses.Where(past => now - past.At < PauseBudget.Window).ToList();
            // The last one is known only when it was made: it was expected to be as long as the one before.
            Assert.True(minute.Count < 2 || minute.SkipLast(1).Sum(past => past.Pause.TotalMilliseconds) + minute[^2].Pause.TotalMilliseconds
                <= PauseBudget.Most.TotalMilliseconds, "The pauses of a minute took more than 1 %.");
        }
    });

    private static void Count(
        Dictionary<(MemoryCause, MemoryAction), (int Count, TimeSpan At)> misses, (MemoryCause Cause, ActionPlan Plan) taken, long freed, TimeSpan at)
    {
        var key = (taken.Cause, taken.Plan.Action);
        var before = misses.GetValueOrDefault(key).Count;
        misses[key] = (freed < SetAside.Poor * taken.Plan.PredictedBytes ? (before >= 2 ? 1 : before + 1) : 0, at);
    }

    private MemoryReading At(
        long resident, long held = 20, long live = 20, long anonymous = 20, long idle = 0, double regret = 0, int leaving = 0) =>
        Of(_now, resident, held, live, anonymous, idle: idle, regret: regret, leaving: leaving);

    private ActionPlan? Next(MemoryLevel level, MemoryCause cause, MemoryReading reading, long need = 30) =>
        _rules.Next(_now, new ActionNeed(level, cause, need * Mebibyte), reading);

    private ActionPlan Take(MemoryCause cause, MemoryReading reading, long need = 30, MemoryLevel level = MemoryLevel.High)
    {
        var plan = Next(level, cause, reading, need)!.Value;
        _rules.Taken(_now, ++_number, cause, plan, reading.Process.ResidentBytes, plan.Action == MemoryAction.Collect ? _pause : TimeSpan.Zero);
        return plan;
    }

    private ActionYield? Judged(MemoryReading reading) => _rules.Judge(reading);
}
