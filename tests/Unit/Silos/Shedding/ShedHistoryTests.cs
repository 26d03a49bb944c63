using Ingestion.Grains.Silos.Shedding;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Silos.Shedding;

/// <summary>Random histories of activations in virtual time, beside a plain list of what there is.</summary>
public class ShedHistoryTests
{
    private const int Steps = 2000;
    private const int Grains = 60;

    // Sizes in one queue differ by less than this.
    private const int SizeStep = 2;

    private static readonly Type[] _classes = [typeof(CheapGrain), typeof(UsualGrain), typeof(DearGrain), typeof(KeptGrain)];

    [Fact]
    public void WhatIsTaken_IsIdleAndOfTheHighestValue_InAnyHistory() => Histories.Check(100, random => new History(random, sized: false).Run());

    [Fact]
    public void WhatIsTaken_IsIdleAndHalfOfTheHighestValueAtLeast_WhenSizesDiffer() => Histories.Check(100, random => new History(random, sized: true).Run());

    private sealed class History
    {
        private readonly Random _random;
        private readonly bool _sized;
        private readonly ManualTime _time = new();
        private readonly ActivationCensus _census;
        private readonly List<Activation> _all = [];
        private readonly Dictionary<GrainId, int> _shedAt = [];
        private int _now;

        public History(Random random, bool sized)
        {
            (_random, _sized) = (random, sized);
            _census = new ActivationCensus(_time);
        }

        public void Run()
        {
            for (var step = 0; step < Steps; step++)
            {
                Step();
                AssertCounted();
            }
        }

        private void Step()
        {
            switch (_random.Next(10))
            {
                case 0 or 1:
                    Pass(_random.Next(20) == 0 ? 400 : _random.Next(8));
                    break;
                case 2 or 3 or 4:
                    Add();
                    break;
                case 5 or 6 when Some() is { } member:
                    Idle(member);
                    break;
                case 7 when Some() is { } member:
                    _census.Woke(member);
                    member.IdleSince = null;
                    break;
                case 8 when Some() is { } member:
                    End(member);
                    break;
                case 9:
                    Take();
                    break;
            }
        }

        private void Pass(int seconds)
        {
            _now += seconds;
            _time.Advance(TimeSpan.FromSeconds(seconds));
        }

        private void Add()
        {
            var id = GrainId.Create("grain", _random.Next(Grains).ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (_all.Exists(activation => activation.Id == id))
                return;
            var type = _classes[id.Key.ToString()![^1] % _classes.Length];
            var declared = ActivationType.DeclaredBy(type)!;
            var isBack = !declared.Never && _shedAt.Remove(id, out var shedAt) && _now - shedAt < ShedRules.RegretSeconds;
            var activation = new Activation(id, declared, isBack) { Bytes = declared.Bytes };
            Assert.Equal(isBack, _census.Added(activation, type, id) is not null);
            _all.Add(activation);
        }

        private void Idle(Activation activation)
        {
            long? bytes = _sized ? _random.Next(100, 1_000_000) : null;
            _census.Idled(activation, bytes);
            if (activation.Declared.Never || activation.IdleSince is not null)
                return;
            (activation.IdleSince, activation.Bytes) = (_now - ShedRules.IdleAfterSeconds, bytes ?? activation.Bytes);
        }

        private void End(Activation activation)
        {
            _census.Ended(activation);
            _all.Remove(activation);
        }

        private void Take()
        {
            var most = _all.Select(ValueOf).DefaultIfEmpty(0).Max();
            if (!_census.TryTake(out var member, out var bytes))
            {
                Assert.Equal(0, most);
                return;
            }

            var taken = (Activation)member;
            Assert.Equal(taken.Bytes, bytes);
            Assert.InRange(ValueOf(taken), _sized ? most / SizeStep : most, most);
            // What is idle for the first moment has no value.
            Assert.True(ValueOf(taken) > 0);
            Assert.NotNull(_census.Shed(taken, taken.Id));
            _shedAt[taken.Id] = _now;
            End(taken);
        }

        private void AssertCounted()
        {
            var idle = _all.Where(activation => activation.IdleSince is not null).ToArray();
            var sample = _census.Read();
            Assert.Equal(
                (_all.Count, idle.Length, _all.Sum(activation => activation.Bytes), idle.Sum(activation => activation.Bytes)),
                (sample.Activations, sample.Idle, sample.EstimatedBytes, sample.IdleBytes));
            Assert.InRange(sample.Regret, 0, 1);
        }

        private double ValueOf(Activation activation) =>
            activation.IdleSince is { } since && ShedRules.MayGo(_now - since, activation.Returned)
                ? ShedRules.Value(activation.Bytes, _now - since, activation.Declared.Reads)
                : 0;

        private Activation? Some() => _all.Count == 0 ? null : _all[_random.Next(_all.Count)];
    }

    private sealed class Activation(GrainId id, ReclaimableAttribute declared, bool returned)
    {
        public GrainId Id { get; } = id;

        public ReclaimableAttribute Declared { get; } = declared;

        public bool Returned { get; } = returned;

        public long Bytes { get; set; }

        public int? IdleSince { get; set; }
    }

    [Reclaimable(1000, reads: 0)]
    private sealed class CheapGrain;

    [Reclaimable(4000, reads: 1)]
    private sealed class UsualGrain;

    [Reclaimable(20_000, reads: 3)]
    private sealed class DearGrain;

    [Reclaimable(2000, reads: 1, Never = true)]
    private sealed class KeptGrain;
}
