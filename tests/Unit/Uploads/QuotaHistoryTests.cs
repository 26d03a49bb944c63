using Ingestion.Grains.Storage;
using Ingestion.Grains.Uploads;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

/// <summary>Random histories against the plain words of the quota: what is committed and not returned, what is reserved and has not lapsed.</summary>
public class QuotaHistoryTests
{
    [Fact]
    public Task Quota_MatchesItsOperations_WhenWritesFailAndActivationsEnd() => Histories.CheckAsync(300, random => Turns.RunAsync(async () =>
    {
        var (storage, model) = (new MemoryStorage(), new Model());
        var quota = Open(storage, model);
        for (var step = 0; step < 40; step++)
        {
            model.Now += TimeSpan.FromMinutes(random.Next(0, 120));
            if (random.Next(12) == 0)
            {
                quota = Open(storage, model);
                model.Fleeting.Clear();
            }

            var fault = random.Next(4) == 0 ? new IOException("Fault.") : null;
            var afterEffect = random.Next(2) == 0;
            if (fault is not null)
                storage.FailOnce(call => call.Op is StorageOp.Write, fault, afterEffect);
            await RunAsync(quota, model, [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Operation.Random(random, model))], afterEffect);
            storage.Before = storage.After = _ => Task.CompletedTask;
            await quota.LoadAsync();
            Assert.Equal(model.Usage, QuotaRules.Usage(quota.Value, model.Now));
        }
    }));

    private static CoalescedState<QuotaState> Open(MemoryStorage storage, Model model) =>
        new(storage, GrainId.Create("quota", "ann"), "quota") { Reloaded = (fresh, before) => QuotaRules.Reloaded(fresh, before, model.Now) };

    /// <summary>All at once; the model follows in the order of the calls.</summary>
    private static async Task RunAsync(CoalescedState<QuotaState> quota, Model model, Operation[] operations, bool faultCameAfter)
    {
        var now = model.Now;
        var running = operations.Select(operation => quota.ChangeAsync(state => operation.Change(state, now))).ToArray();
        Dictionary<string, Held>? before = null;
        for (var i = 0; i < operations.Length; i++)
        {
            if (await TryAsync(running[i]) is { } outcome)
            {
                Restore();
                Assert.Equal(operations[i].Apply(model), outcome);
            }
            else if (faultCameAfter)
            {
                // The answers of one write are lost, its changes are not; but what lives in memory is as it was before that write.
                before ??= model.Fleeting.ToDictionary();
                operations[i].Apply(model);
            }
        }

        Restore();

        void Restore()
        {
            if (before is not null)
                model.Fleeting = before.Where(held => !model.IsDurable(held.Key)).ToDictionary();
            before = null;
        }
    }

    private static async Task<QuotaOutcome?> TryAsync(Task<QuotaOutcome> running)
    {
        try
        {
            return await running;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record Held(long Bytes, DateTimeOffset Until);

    private sealed class Model
    {
        public DateTimeOffset Now { get; set; } = ManualTime.Start;

        public Dictionary<string, Held> Durable { get; } = [];

        public Dictionary<string, Held> Fleeting { get; set; } = [];

        public Dictionary<string, (long Bytes, DateTime Day)> Committed { get; } = [];

        public HashSet<string> Returned { get; } = [];

        public IEnumerable<KeyValuePair<string, Held>> Live =>
            Durable.Concat(Fleeting.Where(held => !IsDurable(held.Key))).Where(held => held.Value.Until > Now);

        public bool IsDurable(string id) => Durable.TryGetValue(id, out var held) && held.Until > Now;

        public QuotaUsage Usage => new(
            Live.Count(),
            Live.Sum(held => held.Value.Bytes),
            Committed.Where(committed => !Returned.Contains(committed.Key)).Sum(committed => committed.Value.Bytes),
            Committed.Values.Where(committed => committed.Day == Now.UtcDateTime.Date).Sum(committed => committed.Bytes));
    }

    private abstract record Operation(string Id)
    {
        public abstract StateChange<QuotaState, QuotaOutcome> Change(QuotaState state, DateTimeOffset now);

        public abstract QuotaOutcome Apply(Model model);

        public static Operation Random(Random random, Model model)
        {
            var id = $"upload-{random.Next(12)}";
            return random.Next(8) switch
            {
                < 4 => new Reserve(id, random.Next(50), random.Next(3) > 0, new QuotaLimits(random.Next(5), random.Next(2) * 200, random.Next(2) * 200),
                    model.Now.AddMinutes(random.Next(1, 300))),
                < 6 => new Commit(id, random.Next(50)),
                6 => new Release(id),
                // A video is removed once there is one.
                _ => model.Committed.Count > 0 && model.Committed.ElementAt(random.Next(model.Committed.Count)) is var video
                    ? new Return(video.Key, video.Value.Bytes)
                    : new Release(id),
            };
        }

        protected static StateChange<QuotaState, QuotaOutcome> Ok(StateChange<QuotaState, bool> change) => new(change.Next, QuotaOutcome.Ok, change.Durable);
    }

    private sealed record Reserve(string Id, long Bytes, bool Durable, QuotaLimits Limits, DateTimeOffset Until) : Operation(Id)
    {
        public override StateChange<QuotaState, QuotaOutcome> Change(QuotaState state, DateTimeOffset now)
        {
            var change = QuotaRules.Reserve(state, Id, new QuotaReservation(Bytes, Until), Durable, Limits, now);
            return new(change.Next, change.Result.Outcome, change.Durable);
        }

        public override QuotaOutcome Apply(Model model)
        {
            var held = model.Live.FirstOrDefault(live => live.Key == Id).Value;
            var (usage, bytes) = (model.Usage, Math.Max(Bytes, held?.Bytes ?? -1));
            var more = bytes - (held?.Bytes ?? 0);
            var raised = held is null || more > 0;
            if (raised && Limits.TotalBytes > 0 && usage.TotalBytes + usage.ReservedBytes + more > Limits.TotalBytes)
                return QuotaOutcome.TotalExceeded;
            if (raised && Limits.DailyBytes > 0 && usage.DayBytes + usage.ReservedBytes + more > Limits.DailyBytes)
                return QuotaOutcome.DayExceeded;
            if (held is null && Limits.ConcurrentUploads > 0 && usage.Uploads >= Limits.ConcurrentUploads)
                return QuotaOutcome.TooManyUploads;
            var durable = Durable || model.IsDurable(Id);
            model.Fleeting.Remove(Id);
            model.Durable.Remove(Id);
            (durable ? model.Durable : model.Fleeting)[Id] = new Held(bytes, held?.Until > Until ? held.Until : Until);
            return QuotaOutcome.Ok;
        }
    }

    private sealed record Commit(string Id, long Bytes) : Operation(Id)
    {
        public override StateChange<QuotaState, QuotaOutcome> Change(QuotaState state, DateTimeOffset now) =>
            Ok(QuotaRules.CommitReservation(state, Id, Bytes, now));

        public override QuotaOutcome Apply(Model model)
        {
            model.Committed.TryAdd(Id, (Bytes, model.Now.UtcDateTime.Date));
            model.Durable.Remove(Id);
            model.Fleeting.Remove(Id);
            return QuotaOutcome.Ok;
        }
    }

    private sealed record Release(string Id) : Operation(Id)
    {
        public override StateChange<QuotaState, QuotaOutcome> Change(QuotaState state, DateTimeOffset now) => Ok(QuotaRules.Release(state, Id, now));

        public override QuotaOutcome Apply(Model model)
        {
            model.Durable.Remove(Id);
            model.Fleeting.Remove(Id);
            return QuotaOutcome.Ok;
        }
    }

    private sealed record Return(string Id, long Bytes) : Operation(Id)
    {
        public override StateChange<QuotaState, QuotaOutcome> Change(QuotaState state, DateTimeOffset now) => Ok(QuotaRules.Return(state, Id, Bytes, now));

        public override QuotaOutcome Apply(Model model)
        {
            model.Returned.Add(Id);
            return QuotaOutcome.Ok;
        }
    }
}
