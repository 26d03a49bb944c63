using System.Diagnostics;
using Ingestion.Tests.Support.Programs;

namespace Ingestion.Tests.Support.Servers;

/// <summary>A server from npm in a process of its own, on a free port of the loopback. Installed into the build's output when first needed.</summary>
public sealed class NpmServer : IAsyncDisposable
{
    public const string Node = "node";
    public const string Npm = "npm";

    // Each test class has a server of its own; the first one installs for all.
    private static readonly SemaphoreSlim _installing = new(1);

    private readonly Process _process;

    private NpmServer(Process process, string url) => (_process, Url) = (process, url);

    public string Url { get; }

    /// <summary>S3 and SQS in memory.</summary>
    public static Task<NpmServer?> TryStartFauxqsAsync() => TryStartAsync("fauxqs", "1.9.2");

    /// <summary>
    /// Runs <c>PACKAGE.mjs</c> of this folder, which prints its address and ends with its input. Null where a program is missing: xunit makes
    /// the fixture even when all tests of its class are skipped.
    /// </summary>
    public static async Task<NpmServer?> TryStartAsync(string package, string version)
    {
        if (ProgramPath.Missing(Node, Npm) is not null)
            return null;
        var folder = await InstallAsync(package, version);
        var process = Process.Start(new ProcessStartInfo(Node,
            ["--input-type=module", "--eval", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Servers", package + ".mjs"))])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var url = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{package} did not start.");
        return new NpmServer(process, url);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The folder that has the package under <c>node_modules</c>.</summary>
    public static async Task<string> InstallAsync(string package, string version)
    {
        await _installing.WaitAsync();
        try
        {
            return await InstallOnceAsync(package, version);
        }
        finally
        {
            _installing.Release();
        }
    }

    private static async Task<string> InstallOnceAsync(string package, string version)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not { Name: "artifacts" })
            folder = folder?.Parent ?? throw new InvalidOperationException("The tests don't run from the build's output.");
        var target = Path.Combine(folder.FullName, "npm", $"{package}-{version}");
        var done = Path.Combine(target, "installed");
        if (File.Exists(done))
            return target;
        Directory.CreateDirectory(target);
        using var npm = Process.Start(Npm, ["install", $"{package}@{version}", "--prefix", target, "--no-audit", "--no-fund", "--loglevel=error"]);
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm could not install {package} {version}.");
        await File.WriteAllTextAsync(done, "");
        return target;
    }
}
