using System.Diagnostics.Metrics;
using Ingestion.Backends.Media;
using Ingestion.Backends.Media.Tools;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Media.Tools;

/// <summary>The real runner, with scratch folder and log of its own.</summary>
internal sealed class TestRunner : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;

    public TestRunner(ToolOptions? limits = null)
    {
        Limits = limits ?? new ToolOptions();
        _services = new ServiceCollection()
            .AddMetrics()
            .AddLogging(logs => logs.AddProvider(Log))
            .BuildServiceProvider();
        Metrics = new ToolMetrics(_services.GetRequiredService<IMeterFactory>());
        Scratch = new ToolScratch(_folder.In("scratch"));
        Runner = new ToolRunner(Scratch, Options.Create(Limits), Metrics, Memory, TimeProvider.System, _services.GetRequiredService<ILogger<ToolRunner>>());
    }

    public ToolOptions Limits { get; }

    public ToolScratch Scratch { get; }

    public ToolRunner Runner { get; }

    public ToolMetrics Metrics { get; }

    public ToolMemory Memory { get; } = new();

    public LogLines Log { get; } = new();

    public string In(string name) => _folder.In(name);

    public Task<ToolRun> ShellAsync(string script, int longestOutput = 1000, CancellationToken cancellationToken = default) =>
        RunAsync("/bin/sh", ["-c", script], longestOutput, cancellationToken);

    public Task<ToolRun> RunAsync(string program, string[] arguments, int longestOutput = 1000, CancellationToken cancellationToken = default)
    {
        var source = new MediaSource("0123456789abcdef0123456789abcdef", _folder.In("source"), new ContainerFormat("video/mp4", "mov"));
        return Runner.RunAsync(new ToolCommand(program, arguments, source, longestOutput), cancellationToken);
    }

    /// <summary>What a run left in the scratch folder.</summary>
    public string[] Left() => Directory.Exists(Scratch.Root) ? Directory.GetFileSystemEntries(Scratch.Root) : [];

    public void Dispose()
    {
        _services.Dispose();
        _folder.Dispose();
    }

    /// <summary>Messages as they were logged.</summary>
    internal sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly List<string> _lines = [];

        public string[] All
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.Add($"{logLevel} {eventId.Name}: {formatter(state, exception)}");
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
