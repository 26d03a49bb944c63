using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Auth;

/// <summary>Keeps what is logged, line by line.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger<T> For<T>()
    {
        var factory = new LoggerFactory();
        factory.AddProvider(this);
        return factory.CreateLogger<T>();
    }

    public ILogger CreateLogger(string categoryName) => new Sink(_lines, categoryName);

    public void Dispose()
    {
    }

    private sealed class Sink(ConcurrentQueue<string> lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)}");
    }
}
