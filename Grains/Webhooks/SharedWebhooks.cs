using Ingestion.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Webhooks;

/// <summary>
/// What this silo knows of webhooks for many users, so that no event costs a call. <see cref="ISharedWebhooksGrain"/> makes it read them again when one
/// is added; beside that it does so now and then.
/// </summary>
internal sealed partial class SharedWebhooks(IGrainFactory grains, TimeProvider time, ILogger<SharedWebhooks> logger) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(30);

    // One after the other: what was read earlier must not take the place of what was read later.
    private readonly SemaphoreSlim _reading = new(1);
    private IReadOnlyList<HandoverTarget>? _targets;

    /// <summary>All of them.</summary>
    public ValueTask<IReadOnlyList<HandoverTarget>> ListAsync() => Volatile.Read(ref _targets) is { } known ? new(known) : new(ReadAsync());

    /// <summary>Reads them again.</summary>
    public Task RefreshAsync() => ReadAsync();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryReadAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task TryReadAsync()
    {
        try
        {
            // A silo that never had to read them needs no notification.
            if (Volatile.Read(ref _targets) is not null)
                await ReadAsync();
        }
#pragma warning disable CA1031 // Grains and storage fail in many ways; the next round reads them again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnread(e);
        }
    }

    private async Task<IReadOnlyList<HandoverTarget>> ReadAsync()
    {
        await _reading.WaitAsync();
        try
        {
            var keys = await grains.GetGrain<ISharedWebhooksGrain>(0).ListAsync();
            IReadOnlyList<HandoverTarget> targets = [.. keys.Select(key => new HandoverTarget(key.Key, key.Since))];
            Volatile.Write(ref _targets, targets);
            return targets;
        }
        finally
        {
            _reading.Release();
        }
    }

    [LoggerMessage(EventName = "SharedWebhooksUnread", Level = LogLevel.Warning,
        Message = "Webhooks for many users could not be read; it is retried in half a minute")]
    private partial void LogUnread(Exception exception);
}
