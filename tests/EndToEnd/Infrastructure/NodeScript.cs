using System.Diagnostics;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>A script in Node that prints lines of JSON and is led by such lines. It ends with its test.</summary>
internal sealed class NodeScript : IDisposable
{
    private readonly Process _process;

    private NodeScript(Process process) => _process = process;

    /// <summary>Runs a script of the build's output; its one argument are the settings.</summary>
    public static NodeScript Start(string script, object settings) =>
        new(Process.Start(new ProcessStartInfo(NpmServer.Node, [Path.Combine(AppContext.BaseDirectory, script), JsonSerializer.Serialize(settings)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);

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
        var answer = await NextAsync() ?? throw new InvalidOperationException("The script ended without a word.");
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
