using Ingestion.Backends.ObjectStore.S3;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

public class S3WindowTests
{
    private const long Large = 8 * 1024 * 1024;

    [Fact]
    public async Task WindowHalves_OnceForAllThatBeganInIt_AndGrowsByOneForAWholeWindow()
    {
        var window = new S3Window(64);
        var rounds = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => window.EnterAsync(Large, default)));
        foreach (var round in rounds)
            window.Leave(round, S3TryEnd.TooMuch);
        Assert.Equal(32, window.Size);

        for (var i = 0; i < 33; i++)
            window.Leave(await window.EnterAsync(Large, default), S3TryEnd.Taken);
        Assert.Equal(33, window.Size);
        for (var i = 0; i < 10_000; i++)
            window.Leave(await window.EnterAsync(Large, default), S3TryEnd.Taken);
        Assert.Equal(64, window.Size);
        window.Leave(await window.EnterAsync(Large, default), S3TryEnd.Other);
        Assert.Equal(64, window.Size);
    }

    [Theory]
    [InlineData(64, 2)]
    [InlineData(2, 2)]
    [InlineData(1, 1)]
    public async Task WindowHasAPlaceLeft_WhateverFails(int most, int least)
    {
        var window = new S3Window(most);
        for (var i = 0; i < 20; i++)
            window.Leave(await window.EnterAsync(Large, default), S3TryEnd.TooMuch);
        Assert.Equal(least, window.Size);
    }

    [Fact]
    public async Task WaitersGoInTheirOrder_AndOneThatLeavesTakesNoPlace()
    {
        var window = new S3Window(1);
        var round = await window.EnterAsync(Large, default);
        using var leaves = new CancellationTokenSource();
        var (left, next, last) = (window.EnterAsync(Large, leaves.Token), window.EnterAsync(Large, default), window.EnterAsync(Large, default));
        Assert.Equal(3, window.Waiting);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        window.Leave(round, S3TryEnd.Taken);
        window.Leave(await next, S3TryEnd.Taken);
        await last;
        Assert.Equal(0, window.Waiting);
    }

    [Fact]
    public async Task SmallOnesGoFirst_AndEveryFifthTurnIsThatOfALargeOne()
    {
        var window = new S3Window(1);
        var round = await window.EnterAsync(Large, default);
        var turns = new List<string>();
        var done = new List<Task>();
        foreach (var (name, size, count) in (ReadOnlySpan<(string, long, int)>)[("large", Large, 3), ("small", S3Window.Small, 9)])
        {
            for (var i = 0; i < count; i++)
                done.Add(TakeAsync(name, size));
        }

        window.Leave(round, S3TryEnd.Taken);
        await Task.WhenAll(done);

        Assert.Equal("small small small small large small small small small large small large", string.Join(' ', turns));

        async Task TakeAsync(string name, long size)
        {
            var own = await window.EnterAsync(size, default);
            turns.Add(name);
            window.Leave(own, S3TryEnd.Taken);
        }
    }
}
