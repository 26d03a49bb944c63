using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Concurrency;

namespace Ingestion.Tests.Conformance.Scheduling;

public interface ITurnGrain : IGrainWithStringKey
{
    /// <summary>Does small pieces of synchronous work between all kinds of awaits.</summary>
    Task WorkAsync();

    Task StartTimerAsync();

    /// <summary>Pieces of work that ran while another one did, or on a scheduler that is not the activation's.</summary>
    Task<(int Pieces, int Overlaps, int Strays)> ResultAsync();
}

/// <summary>Reentrant, so that calls and timers interleave as much as they can; turns must exclude each other all the same.</summary>
[Reentrant]
internal sealed class TurnGrain(Probe probe) : Grain, ITurnGrain
{
    private TaskScheduler _scheduler = null!;
    private int _inside;
    private int _pieces;
    private int _overlaps;
    private int _strays;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _scheduler = TaskScheduler.Current;
        Piece();
        return Task.CompletedTask;
    }

    public async Task WorkAsync()
    {
        Piece();
        await Task.Yield();
        Piece();
        await Task.Delay(1);
        Piece();
        await Task.WhenAll(BranchAsync(), BranchAsync(), BranchAsync());
        Piece();
        await Task.Run(static () => Thread.SpinWait(50));
        Piece();
        await GrainFactory.GetGrain<IPeerGrain>(this.GetPrimaryKeyString()).PingAsync();
        Piece();
        await Task.Factory.StartNew(Piece, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Current);
        Piece();
    }

    public Task StartTimerAsync()
    {
        var ticks = 0;
        this.RegisterGrainTimer(async _ =>
        {
            Piece();
            await Task.Yield();
            Piece();
            if (++ticks == 20) probe.Record(this.GetPrimaryKeyString(), "20 ticks");
        }, new GrainTimerCreationOptions(TimeSpan.Zero, TimeSpan.FromMilliseconds(1)) { Interleave = true });
        return Task.CompletedTask;
    }

    public Task<(int Pieces, int Overlaps, int Strays)> ResultAsync() => Task.FromResult((_pieces, _overlaps, _strays));

    private async Task BranchAsync()
    {
        Piece();
        await Task.Delay(1);
        Piece();
    }

    private void Piece()
    {
        if (Interlocked.Increment(ref _inside) != 1) Interlocked.Increment(ref _overlaps);
        if (!ReferenceEquals(TaskScheduler.Current, _scheduler)) Interlocked.Increment(ref _strays);
        Thread.SpinWait(200);
        // Not atomic on purpose: a lost increment shows an overlap too.
        _pieces++;
        Interlocked.Decrement(ref _inside);
    }
}

public interface IPeerGrain : IGrainWithStringKey
{
    Task PingAsync();
}

internal sealed class PeerGrain : Grain, IPeerGrain
{
    public Task PingAsync() => Task.CompletedTask;
}
