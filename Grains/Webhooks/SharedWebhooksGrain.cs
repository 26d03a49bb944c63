using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Storage;
using Ingestion.Silos;
using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Webhooks;

/// <summary>The keys under which there are webhooks for many users.</summary>
internal sealed record SharedWebhookList
{
    public IReadOnlyList<SharedWebhookKey> Keys { get; init; } = [];

    /// <summary>The list with the key, or without it.</summary>
    public SharedWebhookList With(string key, DateTimeOffset? since) =>
        new() { Keys = [.. Keys.Where(known => known.Key != key), .. since is { } at ? [new SharedWebhookKey(key, at)] : Array.Empty<SharedWebhookKey>()] };
}

/// <inheritdoc cref="ISharedWebhooksGrain"/>
[Reentrant]
[Reclaimable(bytes: 3000, reads: 1)]
internal sealed class SharedWebhooksGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, ISiloAgentClient agents)
    : Grain, ISharedWebhooksGrain
{
    private readonly CoalescedState<SharedWebhookList> _list = new(storage, context.GrainId, "shared-webhooks");

    public async Task<IReadOnlyList<SharedWebhookKey>> ListAsync()
    {
        await _list.LoadAsync();
        return _list.Value.Keys;
    }

    public async Task SetAsync(string key, DateTimeOffset? since)
    {
        await _list.LoadAsync();
        await _list.ChangeAsync(list => new StateChange<SharedWebhookList, bool>(list.With(key, since), true, Durable: true));
        var silos = await GrainFactory.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        await Task.WhenAll(silos.Keys.Select(silo => agents.RefreshSharedWebhooksAsync(silo)));
    }
}
