using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.OpenApi;
using Ingestion.Silos;
using Ingestion.Status;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Admin;

/// <summary>The sockets of each silo. Those of one user are the matter of <see cref="StatusAdmin"/>.</summary>
internal static class SocketAdmin
{
    public static void MapSocketAdmin(this RouteGroupBuilder admin) => admin.MapGet("/sockets", ListAsync)
        .Operation("listSiloSockets", "The sockets of each silo: how many, whose, slow readers, and how those before them have ended.");

    private static async Task<Ok<SiloSocketsListJson>> ListAsync(
        HttpContext context, EachSilo silos, IMemoryGovernorClient governors, ISiloAgentClient agents)
    {
        context.Response.Headers.CacheControl = "no-store";
        var (answers, unanswered) = await silos.QueryAsync(silo => DescribeAsync(silo, governors, agents));
        return TypedResults.Ok(new SiloSocketsListJson(answers, unanswered));
    }

    /// <summary>Null: a silo of the release before, which lacks the call.</summary>
    private static async Task<SiloSocketsJson?> DescribeAsync(SiloAddress silo, IMemoryGovernorClient governors, ISiloAgentClient agents)
    {
        if ((await governors.GetSampleAsync(silo)).LimitBytes == 0)
            return null;
        return SiloSocketsJson.Of(silo.ToParsableString(), await agents.GetSocketsAsync(silo));
    }
}

/// <summary>The silos of the cluster. Silos of a release before 0.5 are left out.</summary>
/// <param name="Items">Those that are active and have answered.</param>
/// <param name="Unanswered">Active ones that have not: frozen, cut off, or just gone.</param>
internal sealed record SiloSocketsListJson(IReadOnlyList<SiloSocketsJson> Items, IReadOnlyList<UnansweredSiloJson> Unanswered);

/// <summary>The sockets of a silo.</summary>
/// <param name="Silo">Its address.</param>
/// <param name="Sockets">Open ones.</param>
/// <param name="Users">Whose they are: how many users, guests apart.</param>
/// <param name="Guests">Of the open ones, those of guests with a share.</param>
/// <param name="Slow">Of the open ones, those whose reader has taken nothing for a second while more waits for it.</param>
/// <param name="QueuedBytes">What waits in all of them.</param>
/// <param name="QueueLimitBytes">What may wait there now.</param>
/// <param name="Closed">What the silo has closed since its start, by code.</param>
internal sealed record SiloSocketsJson(
    string Silo, int Sockets, int Users, int Guests, int Slow, long QueuedBytes, long QueueLimitBytes, IReadOnlyList<SocketClosesJson> Closed)
{
    public static SiloSocketsJson Of(string silo, SocketFigures figures) => new(
        silo, figures.Sockets, figures.Users, figures.Guests, figures.Slow, figures.QueuedBytes, figures.QueueLimitBytes,
        [.. figures.Closed.Select(closes => new SocketClosesJson(closes.Code, closes.Reason, closes.Count))]);
}

/// <summary>Sockets that were closed with one code.</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">Its name.</param>
/// <param name="Count">How many.</param>
internal sealed record SocketClosesJson(int Code, string Reason, long Count);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SiloSocketsListJson))]
internal sealed partial class SocketAdminJson : JsonSerializerContext;
