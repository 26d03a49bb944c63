using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Auth;
using Ingestion.Memory;

namespace Ingestion.Api.Admin;

/// <summary>For operators.</summary>
internal static class AdminEndpoints
{
    public static void MapAdmin(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/api/admin").RequireAuthorization(Scopes.Admin).MapGet("/silos", ListSilosAsync);

    private static async Task<IResult> ListSilosAsync(IGrainFactory grains, IMemoryGovernorClient governors)
    {
        var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        var silos = await Task.WhenAll(hosts.Select(async host =>
        {
            var memory = await governors.GetSampleAsync(host.Key);
            return new SiloJson(host.Key.ToParsableString(), host.Value.ToString(), memory.ResidentBytes, memory.BudgetBytes, memory.HeapBytes, memory.CommittedBytes, memory.At);
        }));
        return TypedResults.Json(new SilosJson(silos), AdminJson.Default.SilosJson);
    }
}

internal sealed record SilosJson(IReadOnlyList<SiloJson> Items);

internal sealed record SiloJson(string Address, string Status, long ResidentBytes, long BudgetBytes, long HeapBytes, long CommittedBytes, DateTimeOffset SampledAt);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SilosJson))]
internal sealed partial class AdminJson : JsonSerializerContext;
