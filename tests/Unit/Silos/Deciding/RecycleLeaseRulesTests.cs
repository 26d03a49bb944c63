using System.Net;
using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Recycling;
using Ingestion.Silos.Recycling;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Silos.Deciding;

/// <summary>The lease under which silos restart themselves, in virtual time.</summary>
public sealed class RecycleLeaseRulesTests
{
    private const int Seats = 4;

    private static readonly TimeSpan _stop = TimeSpan.FromSeconds(40);
    private static readonly DateTimeOffset _now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Fact]
    public void OtherSilo_IsRefused_UntilTheHolderIsBack()
    {
        var holder = RecycleLeaseRules.Take(null, Claim(1, life: 1), holderRuns: false, _now);
        Assert.True(Has(holder, 1, life: 1));
        Assert.True(Has(RecycleLeaseRules.Take(holder, Claim(2, life: 1), holderRuns: true, _now), 1, life: 1));

        // It has not gone yet: its own notice is none of a return.
        Assert.Equal(holder, RecycleLeaseRules.Return(holder, "seat-1", Silo(1, life: 1)));
        Assert.Equal(holder, RecycleLeaseRules.Return(holder, "seat-2", Silo(2, life: 2)));
        Assert.Null(RecycleLeaseRules.Return(holder, "seat-1", Silo(1, life: 2)));
    }

    [Fact]
    public void Lease_EndsTwoMinutesAfterItsSiloWasSeenToHaveGone()
    {
        var holder = RecycleLeaseRules.Take(null, Claim(1, life: 1), holderRuns: false, _now);
        var gone = _now.AddSeconds(3);
        holder = RecycleLeaseRules.Take(holder, Claim(2, life: 1), holderRuns: false, gone);
        for (var second = 0; second < 120; second++)
        {
            holder = RecycleLeaseRules.Take(holder, Claim(2, life: 1), holderRuns: false, gone.AddSeconds(second));
            Assert.True(Has(holder, 1, life: 1));
        }

        Assert.True(Has(RecycleLeaseRules.Take(holder, Claim(2, life: 1), holderRuns: false, gone.AddSeconds(120)), 2, life: 1));
    }

    [Fact]
    public void Lease_IsGivenBackByItsSiloAlone()
    {
        var holder = RecycleLeaseRules.Take(null, Claim(1, life: 1), holderRuns: false, _now);
        Assert.Equal(holder, RecycleLeaseRules.Release(holder, Silo(2, life: 1)));
        Assert.Equal(holder, RecycleLeaseRules.Release(holder, Silo(1, life: 2)));
        Assert.Null(RecycleLeaseRules.Release(holder, Silo(1, life: 1)));
    }

    /// <summary>
    /// Silos that take, stop, come back, die and fail to report it. Of those that may go, no two are away at once, unless one was away for longer than
    /// its lease lasts; and however often silos die, another one gets the lease in bounded time.
    /// </summary>
    [Fact]
    public void OneSiloIsAwayAtATime_AndTheLeaseIsAlwaysLeft_WhateverSilosDo() => Histories.Check(300, random =>
    {
        var now = _now;
        RecycleHolder? holder = null;
        var lives = Enumerable.Repeat(1, Seats).ToArray();
        var away = new DateTimeOffset?[Seats];
        for (var step = 0; step < 500; step++)
        {
            now += TimeSpan.FromSeconds(random.NextDouble() * 10);
            var seat = random.Next(Seats);
            var longest = _stop + RecycleLeaseRules.Absence;
            if (away[seat] is null)
            {
                var before = holder;
                holder = RecycleLeaseRules.Take(holder, Claim(seat, lives[seat]), Runs(before), now);
                Assert.True(holder.Until <= now + longest, "The lease outlasts any silo.");
                if (Has(holder, seat, lives[seat]))
                {
                    for (var other = 0; other < Seats; other++)
                        Assert.True(other == seat || away[other] is not { } since || now - since >= RecycleLeaseRules.Absence, "Two silos are away at once.");
                    // Now and then it goes on after all.
                    if (random.Next(10) == 0)
                        holder = RecycleLeaseRules.Release(holder, Silo(seat, lives[seat]));
                    else
                        away[seat] = now;
                }
            }
            else if (random.Next(3) == 0)
            {
                lives[seat]++;
                away[seat] = null;
                // Its report may be lost.
                if (random.Next(5) != 0)
                    holder = RecycleLeaseRules.Return(holder, $"seat-{seat}", Silo(seat, lives[seat]));
            }
        }

        // Everyone has died but one.
        var last = holder is null ? 0 : (int.Parse(holder.Seat[^1..], System.Globalization.CultureInfo.InvariantCulture) + 1) % Seats;
        holder = RecycleLeaseRules.Take(holder, Claim(last, life: 1000), holderRuns: false, now);
        holder = RecycleLeaseRules.Take(holder, Claim(last, life: 1000), holderRuns: false, now + RecycleLeaseRules.Absence);
        Assert.True(Has(holder, last, life: 1000), "A silo that died keeps the lease.");

        bool Runs(RecycleHolder? held) =>
            held is not null && Enumerable.Range(0, Seats).Any(seat => away[seat] is null && Has(held, seat, lives[seat]));
    });

    private static RecycleClaim Claim(int seat, int life) => new($"seat-{seat}", Silo(seat, life), RecycleReason.Age.Name(), _stop);

    private static SiloAddress Silo(int seat, int life) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111 + seat), life);

    private static bool Has(RecycleHolder holder, int seat, int life) => holder.Silo == Silo(seat, life).ToParsableString();
}
