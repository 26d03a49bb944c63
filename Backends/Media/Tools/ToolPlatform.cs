using System.Diagnostics;

namespace Ingestion.Backends.Media.Tools;

/// <summary>What this system offers to hold a tool down.</summary>
/// <param name="Shell">The shell that supervises; null where there is none, as on Windows: tools run without limits then.</param>
/// <param name="Launch">What stands before every tool, outermost first.</param>
/// <param name="WithoutNetwork">What stands before a tool that reads a file: a network namespace with nothing in it. Empty where that is not allowed.</param>
/// <param name="Missing">What can't be had here, in the words of docs/operate/security.md.</param>
internal sealed record ToolPlatform(string? Shell, IReadOnlyList<string> Launch, IReadOnlyList<string> WithoutNetwork, IReadOnlyList<string> Missing)
{
    private const string Sh = "/bin/sh";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    // What the examination prints for each, at its start.
    private static readonly (string Line, string Name)[] _wanted =
    [
        ("setsid", "process group"), ("nice", "nice"), ("ionice", "ionice"), ("unshare", "network namespace"), ("setpriv", "no new privileges"),
            ("limit memory", "memory limit"),
        ("limit cpu", "processor limit"), ("limit files", "open files limit"), ("limit size", "file size limit"), ("limit core", "no core"),
        ("limit oom", "oom score"),
    ];

    /// <summary>Tries everything once.</summary>
    public static async Task<ToolPlatform> ExamineAsync(CancellationToken cancellationToken) =>
        File.Exists(Sh) ? Read(Sh, await PrintAsync(cancellationToken)) : Read(null, "");

    /// <summary>Of what the examination has printed.</summary>
    public static ToolPlatform Read(string? shell, string printed)
    {
        var lines = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        IEnumerable<string> WordsOf(string command) => lines.Where(line => line.Split(' ')[0] == command).SelectMany(line => line.Split(' '));
        var missing = _wanted.Where(wanted => !lines.Any(line => line.StartsWith(wanted.Line, StringComparison.Ordinal))).Select(wanted => wanted.Name);
        // setpriv takes the right to make namespaces away, so it comes last.
        return new ToolPlatform(
            shell, [.. WordsOf("setsid"), .. WordsOf("nice"), .. WordsOf("ionice"), .. WordsOf("setpriv")], [.. WordsOf("unshare")], [.. missing]);
    }

    /// <summary>The whole command line of a run.</summary>
    public IReadOnlyList<string> CommandLine(ToolCommand command, ToolOptions limits)
    {
        if (Shell is null)
            return [command.Program, .. command.Arguments];
        var privileges = Launch.SkipWhile(word => word != "setpriv");
        var rest = Launch.TakeWhile(word => word != "setpriv");
        return
        [
            Shell, "-c", ToolScripts.Supervise, "sh", $"{limits.MemoryMebibytes * 1024L}", $"{limits.CpuSeconds}", $"{ToolLimits.OpenFiles}",
            .. rest, .. command.Source.IsFile ? WithoutNetwork : command.Source.Enter, .. privileges, command.Program, .. command.Arguments,
        ];
    }

    private static async Task<string> PrintAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_patience);
        var start = ToolStart.Of(Sh, ["-c", ToolScripts.Examine]);
        start.RedirectStandardOutput = true;
#pragma warning disable RS0030 // A script of ours, by the start of a tool, with as little environment.
        using var shell = Process.Start(start)!;
#pragma warning restore RS0030
        try
        {
            var printed = await shell.StandardOutput.ReadToEndAsync(limit.Token);
            await shell.WaitForExitAsync(limit.Token);
            return printed;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            shell.Kill(entireProcessTree: true);
            return "";
        }
    }
}
