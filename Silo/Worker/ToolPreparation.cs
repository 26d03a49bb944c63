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
#pragma warning disable CA1031 // A full disk, no process or file to spare, in whatever form: an exception from here would end the silo.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotPrepared(e);
        }
    }

    [LoggerMessage(EventName = "MediaToolsNotPrepared", Level = LogLevel.Warning, Message = "The tools could not be prepared; the first job retries")]
    private partial void LogNotPrepared(Exception exception);
}
