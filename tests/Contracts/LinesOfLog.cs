using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Contracts;

/// <summary>Keeps what a class logs.</summary>
internal sealed class LinesOfLog<TCategory> : ILogger<TCategory>
{
    public List<LogLevel> Levels { get; } = [];

    public List<Exception?> Exceptions { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Levels.Add(logLevel);
        Exceptions.Add(exception);
    }
}
