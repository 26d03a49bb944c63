using Ingestion.Grains.Webhooks;
using Ingestion.Status;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Tests.Unit.Status;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>Events that wait for one receiver: all of them in storage, some in memory.</summary>
public class HeldQueueTests
{
    private readonly MemoryStorage _storage = new();

    [Fact]
    public Task MemoryIsBounded_AndWhatComesNextIsReadInOrder() => Turns.RunAsync(async () =>
    {
        const int Count = 2_000;
        var (queue, state) = (Open(), new DeliveryState());
        await queue.LoadAsync(state);
        foreach (var some in Events(1, Count).Chunk(64))
            await queue.AppendAsync(some);
        Assert.Equal((DeliveryRules.WindowSize, (long?)Count), (queue.Window.Count, queue.End));

        var seen = new List<string>();
        while (queue.Window.Count > 0)
        {
            var item = queue.Window[0];
            seen.Add(item.Item.Event.Id);
            state = DeliveryRules.Through(state, [item.Offset]);
            queue.Remove(item.Offset);
            await queue.FillAsync(state);
            Assert.InRange(queue.Window.Count, 0, DeliveryRules.WindowSize);
            await queue.TrimAsync(state);
        }

        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"e{i}"), seen);
        Assert.InRange(_storage.Records.Count(), 1, 12);
    });

    [Fact]
    public Task WhatIsNotThroughIsThere_WhenReadAgain() => Turns.RunAsync(async () =>
    {
        var queue = Open();
        await queue.LoadAsync(new DeliveryState());
        await queue.AppendAsync(Events(1, 40));
        var state = DeliveryRules.Through(new DeliveryState(), [1, 2, 3, 35]);

        var again = Open();
        await again.FillAsync(state);
        Assert.Equal([.. Enumerable.Range(4, 31).Select(i => $"e{i}"), .. Enumerable.Range(36, 5).Select(i => $"e{i}")],
            again.Window.Select(item => item.Item.Event.Id));
    });

    [Fact]
    public Task OnlyNewOnesAreTaken_WhenABatchIsRepeated() => Turns.RunAsync(async () =>
    {
        var queue = Open();
        await queue.LoadAsync(new DeliveryState());
        await queue.AppendAsync(Events(1, 60));
        Assert.Equal(["e61"], (await queue.NewOnesAsync(Events(50, 61))).Select(held => held.Event.Id));
        var again = Open();
        await again.LoadAsync(new DeliveryState());
        Assert.Equal(["e61"], (await again.NewOnesAsync(Events(50, 61))).Select(held => held.Event.Id));
    });

    [Fact]
    public Task OnlyNewOnesAreTaken_WhenTheAnswerOfAWriteWasLost() => Turns.RunAsync(async () =>
    {
        var queue = Open();
        await queue.LoadAsync(new DeliveryState());
        await queue.AppendAsync(Events(1, 2));
        _storage.After = _ => throw new IOException();
        await Assert.ThrowsAsync<IOException>(() => queue.AppendAsync(Events(3, 4)));
        _storage.After = _ => Task.CompletedTask;
        Assert.Empty(await queue.NewOnesAsync(Events(3, 4)));
        await queue.FillAsync(new DeliveryState());
        Assert.Equal(["e1", "e2", "e3", "e4"], queue.Window.Select(item => item.Item.Event.Id));
    });

    [Fact]
    public Task EachIsThereOnce_WhenItIsReadWhileItIsAdded() => Turns.RunAsync(async () =>
    {
        var queue = Open();
        await queue.LoadAsync(new DeliveryState());
        var (secondSegment, read) = (new Gate(onlyFirst: true), new Gate(onlyFirst: true));
        _storage.Before = call => call switch
        {
            { Op: StorageOp.Write, StateName: "webhook-w-held-1" } when _storage.Writes.Count(name => name == call.StateName) == 2 => secondSegment.PassAsync(),
            { Op: StorageOp.Read, StateName: "webhook-w-held-0" } => read.PassAsync(),
            _ => Task.CompletedTask,
        };
        var adding = queue.AppendAsync(Events(1, 40));
        await secondSegment.Reached;
        // The first 32 are in storage, and their appender does not know it yet.
        var filling = queue.FillAsync(new DeliveryState());
        await read.Reached;
        secondSegment.Open();
        await adding;
        read.Open();
        await filling;
        Assert.Equal(Enumerable.Range(1, 40).Select(place => (long)place), queue.Window.Select(item => item.Offset));
    });

    [Fact]
    public Task ReaderGetsEachOnceAndInOrder_WhateverThePageIs() => Turns.RunAsync(async () =>
    {
        const int Count = 2_000;
        var (queue, state, seen) = (Open(), new DeliveryState(), new List<string>());
        await queue.LoadAsync(state);
        foreach (var some in Events(1, Count).Chunk(64))
            await queue.AppendAsync(some);
        // Less than the window, more than it, and nearly nothing.
        for (var (i, sizes) = (0, new[] { 100, 700, 1_000, 3 }); seen.Count < Count; i++)
        {
            var page = await queue.ReadAsync(state, sizes[i % sizes.Length]);
            Assert.Equal(Math.Min(sizes[i % sizes.Length], Count - seen.Count), page.Count);
            seen.AddRange(page.Select(item => item.Item.Event.Id));
            state = PullRules.Acknowledge(state, new WebhookPlace(queue.EndPlace with { Offset = page[^1].Offset }, 0)).Next;
            await queue.TrimAsync(state);
        }

        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"e{i}"), seen);
        Assert.Empty(await queue.ReadAsync(state, 10));
        Assert.Empty(queue.Window);
        await queue.AppendAsync(Events(Count + 1, Count + 1));
        Assert.Equal($"e{Count + 1}", Assert.Single(await queue.ReadAsync(state, 10)).Item.Event.Id);
        Assert.InRange(_storage.Records.Count(), 1, 12);
    });

    [Fact]
    public Task WhatWasAcknowledgedWhileItWasRead_IsNotInMemory() => Turns.RunAsync(async () =>
    {
        var before = Open();
        await before.LoadAsync(new DeliveryState());
        await before.AppendAsync(Events(1, 40));
        var (queue, read) = (Open(), new Gate(onlyFirst: true));
        await queue.LoadAsync(new DeliveryState());
        _storage.Before = call => call is { Op: StorageOp.Read, StateName: "webhook-w-held-0" } ? read.PassAsync() : Task.CompletedTask;
        var filling = queue.FillAsync(new DeliveryState());
        await read.Reached;
        var state = DeliveryRules.Through(new DeliveryState(), [1, 2, 3]);
        read.Open();
        await filling;
        Assert.Equal(4, (await queue.ReadAsync(state, 1))[0].Offset);
        Assert.Equal(4, queue.Window[0].Offset);
    });

    [Fact]
    public Task NothingIsLeft_WhenRemoved() => Turns.RunAsync(async () =>
    {
        var queue = Open();
        await queue.LoadAsync(new DeliveryState());
        await queue.AppendAsync(Events(1, 100));
        await queue.RemoveAsync();
        Assert.Empty(_storage.Records);
    });

    private HeldQueue Open() => new(_storage, GrainId.Create("webhooks", "ann"), "w");

    private static HeldEvent[] Events(int first, int last) =>
        [.. Enumerable.Range(first, last - first + 1).Select(i => new HeldEvent(new Cursor("k7", i), Entries.Event($"e{i}")))];
}
