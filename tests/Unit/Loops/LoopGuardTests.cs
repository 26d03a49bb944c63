using Ingestion.Tests.Unit.Auth;

namespace Ingestion.Tests.Unit.Loops;

/// <summary>What keeps loops going.</summary>
public sealed class LoopGuardTests : IDisposable
{
    private const int TooManyOpenFiles = 24;
    private const int NoSpace = 28;
    private const int InputOutput = 5;

    private readonly LogLines _log = new();
    private readonly LoopGuard _guard;

    public LoopGuardTests() => _guard = new LoopGuard("Clock", _log.For<LoopGuardTests>());

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(TooManyOpenFiles)]
    [InlineData(NoSpace)]
    [InlineData(InputOutput)]
    public async Task LoopContinuesAndLogsWhatChanges_WhenAStepFailsForAWhile(int errno)
    {
        var rounds = 0;
        foreach (var fails in (bool[])[false, true, true, true, false, false])
        {
            Assert.Equal(!fails, _guard.Try("a tick", () => Run(fails)));
            Assert.Equal(fails ? 0 : 1, await _guard.TryAsync("a sweep", _ => Task.FromResult(Run(fails)), CancellationToken.None));
            rounds++;
        }

        Assert.Equal(6, rounds);
        Assert.Equal(["a tick failed", "a sweep failed", "a tick works again", "a sweep works again"],
            _log.Lines.Select(line => line.Split("Clock: ")[1].Split(';')[0]));

        int Run(bool fails) => fails ? throw new IOException("It fails.", errno) : 1;
    }

    [Fact]
    public async Task StopIsNoFailure_WhenTheSiloStops()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => _guard.TryAsync("a sweep", token => Task.FromCanceled<int>(token), stop.Token));
        Assert.Empty(_log.Lines);
    }
}
