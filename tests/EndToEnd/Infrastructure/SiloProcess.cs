using System.Diagnostics;
using System.Net;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>The started executable on ports and a data folder of its own. Ended by its process id, whatever happens.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly string? _limits;
    private readonly string? _build;
    private readonly SiloPlace _place;
    private readonly TempFolder? _folder;
    private readonly ProcessLog _log = new();
    private Process? _process;

    private SiloProcess(string? data, string? limits, SiloPlace place, IReadOnlyDictionary<string, string> settings, string? build = null, Uri? address = null)
    {
        (_settings, _limits, _place, _build) = (settings, limits, place, build);
        Address = address ?? new Uri($"http://{place.Host}:{Ports.Next()}");
        _folder = data is null ? new TempFolder() : null;
        Data = data ?? Path.Combine(_folder!.Path, "data");
    }

    public Uri Address { get; }

    public string Data { get; }

    public int Id => Running.Id;

    /// <summary>It has ended, or was never started.</summary>
    public bool HasEnded => _process is null or { HasExited: true };

    /// <summary>All that it has printed, over all its runs.</summary>
    public string Log => _log.ToString();

    private Process Running => _process ?? throw new InvalidOperationException("The silo is not started.");

    /// <summary>Starts a silo and waits until it is ready. Settings are named as under <c>Ingestion</c>: <c>Worker__ToolPath</c>;
    /// <c>{address}</c> in a value stands for the silo's own.</summary>
    public static Task<SiloProcess> StartAsync(string? data = null, params (string Name, string Value)[] settings) => StartAsync(data, limits: null, settings);

    /// <summary>The same in a process that may have only so many files open, connections among them.</summary>
    public static Task<SiloProcess> StartWithFilesAsync(int openFiles, params (string Name, string Value)[] settings) =>
        StartAsync(data: null, $"ulimit -n {openFiles}", settings);

    /// <summary>The same under another umask than that of the tests.</summary>
    public static Task<SiloProcess> StartUnderAsync(string umask, string? data, params (string Name, string Value)[] settings) =>
        StartAsync(data, $"umask {umask}", settings);

    /// <summary>The same at another place than on the loopback of the tests.</summary>
    public static Task<SiloProcess> StartAtAsync(SiloPlace place, string data, params (string Name, string Value)[] settings) =>
        StartAsync(data, limits: null, settings, place);

    /// <summary>The same of another build than the tests are of, null for theirs, at this address.</summary>
    public static Task<SiloProcess> StartBuildAsync(string? build, Uri address, string data, params (string Name, string Value)[] settings) =>
        StartAsync(new SiloProcess(data, limits: null, SiloPlace.Loopback, ByName(settings), build, address));

    private static Task<SiloProcess> StartAsync(string? data, string? limits, (string Name, string Value)[] settings, SiloPlace? place = null) =>
        StartAsync(new SiloProcess(data, limits, place ?? SiloPlace.Loopback, ByName(settings)));

    private static Dictionary<string, string> ByName((string Name, string Value)[] settings) =>
        settings.ToDictionary(setting => setting.Name, setting => setting.Value);

    private static async Task<SiloProcess> StartAsync(SiloProcess silo)
    {
        try
        {
            await silo.StartAgainAsync();
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on the data and ports it had before.</summary>
    public async Task StartAgainAsync()
    {
        _process?.Dispose();
        var start = Executable.Silo(Arguments(), _build);
        if (_limits is not null)
            start.After(_limits);
        if (_place.Mounts is { } mounts)
            start.WithMounts(mounts);
        if (_place.Network is { } network)
            start.Within(network);
        foreach (var (name, value) in _settings)
            start.Environment[VariableOf(name)] = value.Replace("{address}", Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        _process = Process.Start(start)!;
        _log.Follow(_process);
        await ReadyAsync();
    }

    /// <summary>The command line of this silo; a second process given the same wants the same data.</summary>
    public string[] Arguments() => ["--urls", Address.GetLeftPart(UriPartial.Authority), "--data", Data];

    /// <summary>Ends it as a power cut would: SIGKILL, nothing is flushed, no peer is notified.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await Running.WaitForExitAsync();
    }

    /// <summary>Requests a stop (SIGTERM).</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    /// <summary>It does nothing more and its connections stay (SIGSTOP), until <see cref="ThawAsync"/>.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>It goes on (SIGCONT).</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Waits until it has ended; its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            await Running.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The silo has not ended after {Eventually.Deadline}:\n{Log}");
        }

        return Running.ExitCode;
    }

    /// <summary>A client of user <paramref name="user"/>, by default with the scopes that the command gives.</summary>
    public ApiClient As(string user, params string[] scopes) => new(Address, Token(user, scopes));

    /// <summary>A token made by hand with the silo's key file.</summary>
    public string Token(string user, params string[] scopes) =>
        HandMadeToken.Sign(Data, new TokenClaims(user, scopes is [] ? ["upload", "read", "share", "webhooks"] : scopes));

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
                await KillAsync();
            process.Dispose();
        }

        _folder?.Dispose();
    }

    private async Task SignalAsync(string signal) => Assert.Equal(0, (await Executable.RunAsync("kill", $"-{signal}", $"{Id}")).ExitCode);

    private static string VariableOf(string name)
    {
        if (name == "ENVIRONMENT")
            return "DOTNET_ENVIRONMENT";
        string[] others = ["AWS_", "DOTNET_", "KESTREL__", "KUBERNETES_", "Logging__", "ORLEANS_", "OTEL_", "POD_"];
        return others.Any(other => name.StartsWith(other, StringComparison.Ordinal)) ? name : $"Ingestion__{name}";
    }

    private async Task ReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(Running.HasExited, $"The silo ended while starting:\n{Log}");
                try
                {
                    using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                    return answer.StatusCode is HttpStatusCode.OK;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            () => $"the silo is ready. Its log:\n{Log}");
    }
}
