using System.Text;
using Ingestion.Backends.Media;

namespace Ingestion.Tests.Unit.Media;

public class ExternalProcessTests
{
    private static readonly TimeSpan _long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Run_GivesOutputAndExitCode_WhenTheProgramEnds()
    {
        var run = await ShellAsync("printf ready; printf noise >&2; exit 3", 100, _long);
        Assert.Equal((3, "ready"), (run.ExitCode, Encoding.ASCII.GetString(run.Output)));
    }

    [Fact]
    public async Task Arguments_ArriveUnchanged_WhenTheyHoldShellSyntax()
    {
        var run = await ExternalProcess.RunAsync("/usr/bin/env", ["printf", "%s|", "a b", "$(id)", "\"'", "-x"], 100, _long, default);
        Assert.Equal("a b|$(id)|\"'|-x|", Encoding.ASCII.GetString(run.Output));
    }

    [Fact]
    public async Task Program_GetsNoInput_WhenItReads() => Assert.Equal(0, (await ShellAsync("cat", 100, _long)).ExitCode);

    [Fact]
    public async Task Run_Ends_WhenTheProgramComplainsWithoutEnd() =>
        Assert.Equal(0, (await ShellAsync("i=0; while [ $i -lt 3000 ]; do echo 'a line of complaint that fills the pipe of the standard error' >&2; i=$((i+1)); done", 100, _long)).ExitCode);

    [Fact]
    public Task Run_Fails_WhenTheProgramPrintsTooMuch() => Assert.ThrowsAsync<InvalidDataException>(() => ShellAsync("while :; do echo more; done", 1000, _long));

    [Fact]
    public Task Run_Fails_WhenTheProgramTakesTooLong() => Assert.ThrowsAsync<TimeoutException>(() => ShellAsync("exec tail -f /dev/null", 100, TimeSpan.FromMilliseconds(1)));

    [Fact]
    public async Task Run_IsCancelled_WhenTheCallerLeaves()
    {
        using var left = new CancellationTokenSource();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ExternalProcess.RunAsync("/bin/sh", ["-c", "exec tail -f /dev/null"], 100, _long, left.Token));
    }

    private static Task<ExternalRun> ShellAsync(string script, int longestOutput, TimeSpan timeout) =>
        ExternalProcess.RunAsync("/bin/sh", ["-c", script], longestOutput, timeout, CancellationToken.None);
}
