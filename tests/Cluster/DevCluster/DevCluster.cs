using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Ingestion.Tests.Cluster.DevCluster;

/// <summary>A cluster of <c>./dev cluster</c>, as a developer starts it.</summary>
internal sealed class DevCluster : IAsyncDisposable
{
    // Silos on ports behind the balancer's.
    private const int MostSilos = 5;

    private readonly DirectoryInfo _folder;
    private readonly int _port;
    private readonly StringBuilder _said = new();
    private readonly Process _process;

    private DevCluster(DirectoryInfo folder, int port, Process process)
    {
        (_folder, _port, _process) = (folder, port, process);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it has printed.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    private string Data => Path.Combine(_folder.FullName, "cluster");

    /// <summary>Starts it and waits until it says its address.</summary>
    public static async Task<DevCluster> StartAsync(int silos, params string[] arguments)
    {
        // PostgreSQL runs as nobody and has to reach it.
        var folder = Directory.CreateDirectory(Path.Combine("/var/tmp", $"ingestion-{Guid.NewGuid():N}"));
        var port = Ports.NextOf(1 + MostSilos);
        var cluster = new DevCluster(folder, port, Process.Start(Script(
            [$"{silos}", "--data", Path.Combine(folder.FullName, "cluster"), "--port", $"{port}", .. arguments]))!);
        try
        {
            // It may install a server from npm.
            for (var tries = 0; tries < 3 && !cluster.Said.Contains("goes to", StringComparison.Ordinal); tries++)
                await Eventually.TrueAsync(() => cluster.Said.Contains("goes to", StringComparison.Ordinal) || cluster._process.HasExited, "it is up");
            Assert.False(cluster._process.HasExited, cluster.Said);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client of a user, through the balancer.</summary>
    public ApiClient As(string user) => new(new Uri($"http://127.0.0.1:{_port}"), HandMadeToken.Sign(Data, new TokenClaims(user, ["upload", "read"])));

    /// <summary>One of its commands, for this cluster.</summary>
    public Task<Finished> RunAsync(params string[] command) => Executable.RunAsync(Script([.. command, "--data", Data]));

    /// <summary>Ends it as Ctrl-C does.</summary>
    /// <returns>Ids of processes that it leaves.</returns>
    public async Task<int[]> EndAsync()
    {
        int[] started = [.. Directory.EnumerateFiles(Path.Combine(Data, "run"), "*.pid")
            .Select(file => int.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture))];
        Assert.Equal(0, (await Executable.RunAsync("kill", "-INT", $"{_process.Id}")).ExitCode);
        await _process.WaitForExitAsync().WaitAsync(2 * Eventually.Deadline);
        return [.. started.Where(Runs)];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await EndAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static ProcessStartInfo Script(IEnumerable<string> arguments) =>
        new("bash", [Path.Combine(AppContext.BaseDirectory, "../../../../deploy/local/cluster"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    /// <summary>One whose parent has gone stays as a zombie until the system takes note of its end.</summary>
    private static bool Runs(int id)
    {
        try
        {
            return !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        lock (_said)
            _said.AppendLine(line);
    }
}
