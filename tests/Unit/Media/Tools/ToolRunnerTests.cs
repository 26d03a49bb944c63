using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ingestion.Backends.Media.Tools;

namespace Ingestion.Tests.Unit.Media.Tools;

/// <summary>How a run ends, whatever the tool does, and that nothing of it is left.</summary>
public sealed class ToolRunnerTests : IDisposable
{
    private readonly TestRunner _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Run_GivesOutputComplaintAndExitCode_WhenTheProgramEnds()
    {
        var run = await _test.ShellAsync("printf ready; printf noise >&2; exit 3");
        Assert.Equal((ToolEnd.Exited, 3, "ready", "noise"), (run.End, run.ExitCode, Encoding.ASCII.GetString(run.Output), run.Complaint));
        Assert.False(run.Succeeded);
        Assert.True((await _test.ShellAsync("exit 0")).Succeeded);
    }

    [Fact]
    public async Task Arguments_ArriveUnchanged_WhenTheyHoldShellSyntax()
    {
        var run = await _test.RunAsync("/usr/bin/printf", ["%s|", "a b", "$(id)", "\"'", "-x", "*"]);
        Assert.Equal("a b|$(id)|\"'|-x|*|", Encoding.ASCII.GetString(run.Output));
    }

    [Fact]
    public async Task Program_GetsNoInput_WhenItReads() => Assert.True((await _test.ShellAsync("cat")).Succeeded);

    [Fact]
    public async Task Environment_HoldsPathOnly_WhateverTheProcessHas()
    {
        Environment.SetEnvironmentVariable("INGESTION_TEST_SECRET", "secret");
        var run = await _test.RunAsync("/usr/bin/env", []);
        var names = Encoding.UTF8.GetString(run.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]);
        // The shell adds where it is.
        Assert.Equal(["AV_LOG_FORCE_NOCOLOR", "PATH"], names.Except(["PWD", "OLDPWD", "SHLVL", "_"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task WorkingFolder_IsItsOwnAndGone_WhenTheRunHasEnded()
    {
        var (first, second) = (await _test.ShellAsync("pwd; ls"), await _test.ShellAsync("pwd"));
        var folder = Encoding.UTF8.GetString(first.Output).Split('\n')[0];
        Assert.StartsWith(_test.Scratch.Root, folder, StringComparison.Ordinal);
        Assert.DoesNotContain(folder, Encoding.UTF8.GetString(second.Output), StringComparison.Ordinal);
        Assert.Empty(_test.Left());
    }

    [Fact]
    public async Task Limits_HoldInTheTool_WhenItRuns()
    {
        var run = await _test.ShellAsync("ulimit -v; ulimit -t; ulimit -n; ulimit -f; ulimit -c; cat /proc/self/oom_score_adj; nice");
        var lines = Encoding.UTF8.GetString(run.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([$"{1024 * 1024}", "30", "64", "0", "0", "500"], lines[..6]);
        Assert.InRange(int.Parse(lines[6], CultureInfo.InvariantCulture), 10, 19);
    }

    [Fact]
    public async Task File_CannotBeWritten_WhenAToolTries() => Assert.Equal(ToolEnd.Broke, (await _test.ShellAsync("exec /usr/bin/printf more >file")).End);

    [Theory]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -SEGV $$", 139)]
    [InlineData("exit 139", 139)]
    [InlineData("exec /nonexistent", 127)]
    public async Task Run_Broke_WhenTheProgramCrashesOrIsKilled(string script, int code)
    {
        var run = await _test.ShellAsync(script);
        Assert.Equal((ToolEnd.Broke, code), (run.End, run.ExitCode));
    }

    [Fact]
    public async Task Run_Broke_WhenThereIsNoSuchProgram() => Assert.Equal(ToolEnd.Broke, (await _test.RunAsync("/nonexistent/ffprobe", [])).End);

    [Fact]
    public async Task Complaint_IsTheEndOfIt_WhenThereIsMuchOfIt()
    {
        var run = await _test.ShellAsync(
            "i=0; while [ $i -lt 3000 ]; do echo \"line $i of complaint that fills the pipe of the standard error\" >&2; i=$((i+1)); done");
        Assert.True(run.Succeeded);
        Assert.InRange(run.Complaint.Length, 3000, 4096);
        Assert.EndsWith("line 2999 of complaint that fills the pipe of the standard error", run.Complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yes '{\"a\":1}'")]
    [InlineData("yes error >&2")]
    [InlineData("trap '' PIPE TERM; while :; do echo more; done")]
    public async Task Run_EndsAtOnce_WhenTheProgramFloods(string script)
    {
        var run = await _test.ShellAsync(script);
        Assert.Equal(ToolEnd.Flooded, run.End);
        Assert.InRange(run.Output.Length, 0, 1000);
    }

    [Fact]
    public async Task Run_Ends_WhenTheProgramDoesNothing()
    {
        using var test = new TestRunner(new ToolOptions { StallSeconds = 1 });
        Assert.Equal(ToolEnd.Stalled, (await test.ShellAsync("exec sleep 1000")).End);
        Assert.Empty(test.Left());
    }

    [Fact]
    public async Task Run_Ends_WhenTheProgramTakesTooLong()
    {
        using var test = new TestRunner(new ToolOptions { TotalSeconds = 1, StallSeconds = 600 });
        Assert.Equal(ToolEnd.OutOfTime, (await test.ShellAsync("exec sleep 1000")).End);
    }

    [Fact]
    public async Task Run_Ends_WhenTheProgramUsesUpItsProcessorTime()
    {
        using var test = new TestRunner(new ToolOptions { CpuSeconds = 1 });
        Assert.Equal(ToolEnd.CpuLimit, (await test.ShellAsync("while :; do :; done")).End);
    }

    [Fact]
    public async Task Children_DieToo_WhenTheProgramIsEnded()
    {
        using var test = new TestRunner(new ToolOptions { StallSeconds = 1 });
        var run = await test.ShellAsync("sleep 1001 & echo $!; exec sleep 1000");
        await GoneAsync(run);
    }

    [Fact]
    public async Task Children_DieToo_WhenTheyLeaveTheGroupAndHoldTheOutput()
    {
        var run = await _test.ShellAsync("setsid sleep 1000 & echo $!; exit 1");
        Assert.Equal(ToolEnd.Exited, run.End);
        await GoneAsync(run);
    }

    [Fact]
    public async Task Run_IsCancelledAndNothingIsLeft_WhenTheCallerLeaves()
    {
        using var left = new CancellationTokenSource();
        var run = _test.ShellAsync("exec sleep 1000", cancellationToken: left.Token);
        int? tool = null;
        await Eventually.TrueAsync(() => (tool = _test.Left().Select(path => new ScratchFolder(path).ToolProcess)
            .FirstOrDefault(pid => pid is not null)) is not null, "the tool runs");
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await Eventually.TrueAsync(() => ProcessTable.CpuTicks(tool!.Value) is null, "the tool is gone");
        Assert.Empty(_test.Left());
        Assert.DoesNotContain(_test.Log.All, line => line.Contains("MediaToolFailed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tool_Dies_WhenItsSupervisorIsKilled()
    {
        var run = _test.ShellAsync("exec sleep 1000");
        int? tool = null;
        await Eventually.TrueAsync(() => (tool = _test.Left().Select(path => new ScratchFolder(path).ToolProcess)
            .FirstOrDefault(pid => pid is not null)) is not null, "the tool runs");
        using (var supervisor = Process.GetProcessById(ParentOf(tool!.Value)))
            supervisor.Kill();
        Assert.Equal(ToolEnd.Broke, (await run).End);
        await Eventually.TrueAsync(() => ProcessTable.CpuTicks(tool.Value) is null, "the tool is gone");
    }

    [Fact]
    public async Task Log_HasTheLastWordsOnceAndClean_WhenARunFails()
    {
        var address = _test.In("source");
        await _test.ShellAsync($"printf 'first\\033[31m\\nfile:{address}: Invalid data' >&2; exit 1");
        var line = Assert.Single(_test.Log.All, line => line.Contains("MediaToolFailed", StringComparison.Ordinal));
        Assert.StartsWith("Information ", line, StringComparison.Ordinal);
        Assert.EndsWith("first [31m | source: Invalid data", line, StringComparison.Ordinal);
        Assert.DoesNotContain(address, line, StringComparison.Ordinal);
        await _test.ShellAsync("exit 139");
        Assert.Single(_test.Log.All, line => line.StartsWith("Warning MediaToolFailed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rest_IsSwept_WhenAnEarlierProcessLeftIt()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_test.Scratch.Root, "earlier")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "half"), "of a frame");
        using var left = Process.Start(new ProcessStartInfo("/bin/sleep", ["1000"]) { WorkingDirectory = folder })!;
        await _test.Runner.PrepareAsync(default);
        await left.WaitForExitAsync();
        Assert.Empty(_test.Left());
        Assert.Single(_test.Log.All, line => line.Contains("MediaToolsSwept", StringComparison.Ordinal));
    }

    private static async Task GoneAsync(ToolRun run)
    {
        var child = int.Parse(Encoding.ASCII.GetString(run.Output), CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(() => ProcessTable.CpuTicks(child) is null, "the tool's child is gone");
    }

    private static int ParentOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
