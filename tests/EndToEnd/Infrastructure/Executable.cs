using System.Diagnostics;
using System.Reflection;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>What a run of a program left behind.</summary>
internal sealed record Finished(int ExitCode, string Output, string Error);

/// <summary>The built silo as a program.</summary>
internal static class Executable
{
    private static readonly string _silo = typeof(Executable).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(data => data.Key == "SiloPath").Value!;

    /// <summary>What is shipped: the program and all that it may load.</summary>
    public static string Folder => Path.GetDirectoryName(_silo)!;

    /// <param name="arguments">Of its command line.</param>
    /// <param name="build">Another build than the one that the tests belong to.</param>
    public static ProcessStartInfo Silo(IEnumerable<string> arguments, string? build = null)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(build ?? _silo);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment.Remove("ASPNETCORE_URLS");
        return start;
    }

    /// <summary>
    /// The same program, started by a shell after this command of it (<c>umask 0</c>, <c>ulimit -n 700</c>); the shell becomes the program, so that
    /// its id stays.
    /// </summary>
    public static ProcessStartInfo After(this ProcessStartInfo start, string command)
    {
        var (program, arguments) = (start.FileName, start.ArgumentList.ToArray());
        start.FileName = "/bin/sh";
        start.ArgumentList.Clear();
        foreach (var argument in (string[])["-c", $"{command}; exec \"$@\"", "sh", program, .. arguments])
            start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>The same program after a command that changes mounts, which nothing else sees; its id stays.</summary>
    public static ProcessStartInfo WithMounts(this ProcessStartInfo start, string command)
    {
        string[] arguments = ["--mount", "sh", "-ec", $"{command}; exec \"$@\"", "sh", start.FileName, .. start.ArgumentList];
        start.FileName = "unshare";
        start.ArgumentList.Clear();
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>The same program in another network, named by a file as <c>/proc/1/ns/net</c>; its id stays.</summary>
    public static ProcessStartInfo Within(this ProcessStartInfo start, string network)
    {
        string[] arguments = [$"--net={network}", start.FileName, .. start.ArgumentList];
        start.FileName = "nsenter";
        start.ArgumentList.Clear();
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    public static Task<Finished> RunSiloAsync(params string[] arguments) => RunAsync(Silo(arguments));

    public static Task<Finished> RunAsync(string program, params string[] arguments) =>
        RunAsync(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });

    public static async Task<Finished> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new Finished(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
