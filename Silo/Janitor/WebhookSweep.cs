using Ingestion.Backends.Hosting;
using Ingestion.Grains.Webhooks;
using Ingestion.Webhooks;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Janitor;

/// <summary>
/// Has the webhooks checked of users whose time has come, so that what a crash interrupted goes on without a further event. Each silo with the
/// role api does it; whoever comes first leaves nothing for the others.
/// </summary>
internal sealed partial class WebhookSweep(
    IGrainFactory grains, IOptions<WebhookOptions> options, IHostApplicationLifetime host, TimeProvider time, ILogger<WebhookSweep> logger) : BackgroundService
{
    // Often enough that a check is late by a small part of its period only.
    private const int SweepsPerPeriod = 4;

    private readonly TimeSpan _period = options.Value.CheckPeriod / SweepsPerPeriod;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (!await host.WaitForStartAsync(stoppingToken))
                return;
            // Silos that start together must not sweep in step.
            await Task.Delay(_period * Random.Shared.NextDouble(), time, stoppingToken);
            using var timer = new PeriodicTimer(_period, time);
            do
            {
                foreach (var shard in WebhookShards.All)
                    await SweepAsync(shard, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task SweepAsync(string shard, CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested && await grains.GetGrain<IWebhookIndexGrain>(shard).SweepAsync() > 0)
            {
            }
        }
#pragma warning disable CA1031 // Grains and storage fail in many ways; the next round tries again.
        catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(e, shard);
        }
    }

    [LoggerMessage(EventName = "WebhookSweepFailed", Level = LogLevel.Warning, Message = "Shard {Shard} of the webhook index could not be swept; the next round will")]
    private partial void LogFailed(Exception exception, string shard);
}
