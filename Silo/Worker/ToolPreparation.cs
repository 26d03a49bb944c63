using System.ComponentModel;

namespace Ingestion.Silo.Worker;

/// <summary>Prepares the tools beside the start of the silo, so that the first job does not wait for it.</summary>
internal sealed partial class ToolPreparation(VideoProcessor processor, ILogger<ToolPreparation> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await processor.PrepareAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops before it has started.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            // A full disk, no process to spare: the first job tries again.
            LogNotPrepared(e);
        }
    }

    [LoggerMessage(EventName = "MediaToolsNotPrepared", Level = LogLevel.Warning, Message = "The tools could not be prepared; the first job tries again")]
    private partial void LogNotPrepared(Exception exception);
}
