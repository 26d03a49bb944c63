using System.Diagnostics;
using Amazon.SQS;
using Ingestion.Tests.JobQueues.Contract;
using Xunit;

namespace Ingestion.Tests.JobQueues.SqsQueue;

/// <summary>An SQS emulator in a process of its own, on a free port of the loopback. Installed from npm into the build's output when first needed.</summary>
public sealed class SqsEmulator : IAsyncLifetime
{
    public const string Node = "node";
    public const string Npm = "npm";
    private const string Package = "fauxqs";
    private const string Version = "1.9.2";

    // Listens on the loopback only, which the program's own entry point can't be told; and goes when our end of the pipe closes, however we end.
    private const string Main = """
        import { buildApp } from './node_modules/fauxqs/dist/app.js';
        process.stdin.resume().on('end', () => process.exit());
        console.log(await buildApp({ logger: false, host: '127.0.0.1' }).listen({ port: 0, host: '127.0.0.1' }));
        """;

    // Each test class has an emulator of its own; the first one installs for all.
    private static readonly SemaphoreSlim _installing = new(1);

    private Process? _process;

    public string Url { get; private set; } = "";

    public AmazonSQSClient CreateClient(Action<AmazonSQSConfig>? configure = null)
    {
        var config = new AmazonSQSConfig { ServiceURL = Url, AuthenticationRegion = "us-east-1" };
        configure?.Invoke(config);
        return new AmazonSQSClient("test", "test", config);
    }

    public async Task InitializeAsync()
    {
        // xunit makes the fixture even when all tests of the class are skipped.
        if (NeedsProgramsAttribute.Missing([Node, Npm]) is not null)
            return;
        await _installing.WaitAsync();
        string folder;
        try
        {
            folder = await InstallAsync();
        }
        finally
        {
            _installing.Release();
        }

        _process = Process.Start(new ProcessStartInfo(Node, ["--input-type=module", "--eval", Main])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Url = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The SQS emulator did not start.");
    }

    public async Task DisposeAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> InstallAsync()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not { Name: "artifacts" })
            folder = folder?.Parent ?? throw new InvalidOperationException("The tests don't run from the build's output.");
        var target = Path.Combine(folder.FullName, "npm", $"{Package}-{Version}");
        var done = Path.Combine(target, "installed");
        if (File.Exists(done))
            return target;
        Directory.CreateDirectory(target);
        using var npm = Process.Start(Npm, ["install", $"{Package}@{Version}", "--prefix", target, "--no-audit", "--no-fund", "--loglevel=error"]);
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm could not install {Package} {Version}.");
        await File.WriteAllTextAsync(done, "");
        return target;
    }
}
