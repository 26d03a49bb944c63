using System.Diagnostics;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>Chromium, led by a script in Node that prints lines of JSON. It ends with its test.</summary>
internal sealed class BrowserProcess : IDisposable
{
    public const string Chromium = "chromium";

    private readonly Process _process;

    private BrowserProcess(Process process) => _process = process;

    /// <summary>Runs a script of the build's output; its one argument are the settings, and where it finds the browser.</summary>
    public static async Task<BrowserProcess> StartAsync(string script, object settings)
    {
        var argument = JsonSerializer.SerializeToNode(settings)!.AsObject();
        argument["chromium"] = ProgramPath.Find(Chromium);
        argument["puppeteer"] = await NpmServer.InstallAsync("puppeteer-core", "25.16.0");
        var start = new ProcessStartInfo(NpmServer.Node, [Path.Combine(AppContext.BaseDirectory, script), argument.ToJsonString()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new BrowserProcess(Process.Start(start)!);
    }

    /// <summary>What it reports next; null when it has ended.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var line = await _process.StandardOutput.ReadLineAsync(deadline.Token);
        return line is null ? null : JsonSerializer.Deserialize<JsonElement>(line);
    }

    /// <summary>Calls a function of the script; what it returns.</summary>
    public async Task<JsonElement> CallAsync(string function, object? argument = null)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { function, argument }));
        await _process.StandardInput.FlushAsync();
        var answer = await NextAsync() ?? throw new InvalidOperationException("The browser ended without a word.");
        Assert.True(answer.TryGetProperty("result", out var result), $"{answer}");
        return result;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
