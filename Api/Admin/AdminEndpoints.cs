using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Dashboard;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Silos;
using Ingestion.Silos.Evidence;
using Ingestion.Silos.Recycling;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Admin;

/// <summary>For operators.</summary>
internal static class AdminEndpoints
{
    // Below this not even one part fits; above it the value is a mistake.
    private const long SmallestBudget = 1024 * 1024;
    private const long LargestBudget = 1024L * 1024 * 1024 * 1024;

    private const int LongestRequest = 8 * 1024;

    private const int MostRebalanced = 1_000_000;

    private static readonly Parameter _silo = new("path", "silo", "The address of a silo, as the list has it.");

    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/api/admin").RequireAuthorization(Scopes.Admin).WithTags(Tags.Admin);
        admin.MapGet("/silos", ListSilosAsync).Operation("listSilos", "The silos of the cluster and their memory.");
        admin.MapPut("/silos/{silo}/buffers", SetBuffersAsync).Operation("setSiloBuffers", "Sets the budget of a silo's upload buffers until it starts anew.")
            .TakesJson(typeof(BufferBudgetJson)).Refuses(Problem.NotFound, Problem.BufferLimitInvalid).WithParameters(_silo);
        admin.MapPost("/silos/{silo}/rebalance", RebalanceAsync)
            .Operation("rebalanceSilo", "Sends sockets of a silo away, so that the balancer places them anew.")
            .TakesJson(typeof(RebalanceJson)).Refuses(Problem.NotFound, Problem.RebalanceInvalid).WithParameters(_silo);
        admin.MapPost("/silos/{silo}/recycle", RecycleAsync)
            .Operation("recycleSilo", "Drains a silo and ends it, so that its supervisor starts it again, as soon as no other silo does the same.")
            .Refuses(Problem.NotFound, Problem.RecycleUnsupported).WithParameters(_silo);
        admin.MapPost("/silos/{silo}/heap", SurveyHeapAsync)
            .Operation("surveySiloHeap", "Lists what is alive in the managed heap of a silo, which stands still for a collection meanwhile.")
            .Refuses(Problem.NotFound, Problem.HeapUnavailable, Problem.HeapBusy, Problem.MemoryShort).WithParameters(_silo);
        admin.MapConfigAdmin();
        admin.MapSocketAdmin();
        admin.MapStatusAdmin();
        admin.MapDenialAdmin();
        admin.MapUserAdmin();
        admin.MapVideoAdmin();
        admin.MapJobAdmin();
        admin.MapDeadLetterAdmin();
        admin.MapDashboardSession();
    }

    private static async Task<Ok<SilosJson>> ListSilosAsync(EachSilo silos, IMemoryGovernorClient governors)
    {
        var (answers, unanswered) = await silos.QueryAsync<SiloJson>(async silo => await DescribeAsync(governors, silo));
        return TypedResults.Ok(new SilosJson(answers, unanswered));
    }

    /// <summary>The silo with its new budget; it is in force at once and until the silo starts anew.</summary>
    private static async Task<Results<Ok<SiloJson>, ProblemResult>> SetBuffersAsync(
        string silo, HttpContext context, EachSilo silos, IMemoryGovernorClient governors, AuditLog audit)
    {
        var (wanted, invalid, where) = await JsonBody.ReadAsync(context.Request, AdminJson.Default.BufferBudgetJson, LongestRequest);
        if (wanted is null)
            return invalid!.ToResult(where);
        if (wanted.LimitBytes is not (>= SmallestBudget and <= LargestBudget and var limit))
            return Problem.BufferLimitInvalid.ToResult();
        if (silos.Find(silo) is not { } address)
            return Problem.NotFound.ToResult();
        await governors.SetBufferBudgetAsync(address, limit);
        audit.Write(context, AuditAct.SiloBuffersSet, silo, $"bytes={limit}");
        return TypedResults.Ok(await DescribeAsync(governors, address));
    }

    /// <summary>For after silos were added: sockets stay where they are until they are closed; the balancer then places them anew.</summary>
    private static async Task<Results<Accepted<RebalancedJson>, ProblemResult>> RebalanceAsync(
        string silo, HttpContext context, EachSilo silos, ISiloAgentClient agents, AuditLog audit)
    {
        var (wanted, invalid, where) = await JsonBody.ReadAsync(context.Request, AdminJson.Default.RebalanceJson, LongestRequest);
        if (wanted is null)
            return invalid!.ToResult(where);
        if (wanted.Sockets is not (>= 1 and <= MostRebalanced and var count))
            return Problem.RebalanceInvalid.ToResult();
        if (silos.Find(silo) is not { } address)
            return Problem.NotFound.ToResult();
        var sent = await agents.RebalanceSocketsAsync(address, count);
        audit.Write(context, AuditAct.SiloRebalanced, silo, $"sockets={sent}");
        return TypedResults.Accepted((string?)null, new RebalancedJson(sent));
    }

    private static async Task<Results<Accepted<RecyclingJson>, ProblemResult>> RecycleAsync(
        string silo, HttpContext context, EachSilo silos, IMemoryGovernorClient governors, ISiloAgentClient agents, AuditLog audit)
    {
        if (silos.Find(silo) is not { } address)
            return Problem.NotFound.ToResult();
        // A silo of the release before lacks the call.
        if ((await governors.GetSampleAsync(address)).Recycle is RecycleStep.Unsupported)
            return Problem.RecycleUnsupported.ToResult();
        var step = await agents.RecycleAsync(address);
        audit.Write(context, AuditAct.SiloRecycled, silo);
        return TypedResults.Accepted((string?)null, new RecyclingJson(step.Name()));
    }

    private static async Task<Results<Ok<HeapJson>, ProblemResult>> SurveyHeapAsync(
        string silo, HttpContext context, EachSilo silos, IMemoryGovernorClient governors, ISiloAgentClient agents, AuditLog audit)
    {
        if (silos.Find(silo) is not { } address)
            return Problem.NotFound.ToResult();
        // A silo of the release before lacks the call.
        if ((await governors.GetSampleAsync(address)).LimitBytes == 0)
            return Problem.HeapUnavailable.ToResult();
        var answer = await agents.SurveyHeapAsync(address);
        if (answer is not { Outcome: HeapOutcome.Taken, Evidence: { } evidence })
        {
            return (answer.Outcome switch
            {
                HeapOutcome.Busy => Problem.HeapBusy,
                HeapOutcome.MemoryShort => Problem.MemoryShort,
                _ => Problem.HeapUnavailable,
            }).ToResult();
        }

        audit.Write(context, AuditAct.SiloHeapSurveyed, silo);
        return TypedResults.Ok(HeapJson.Of(evidence));
    }

    /// <summary>An active silo.</summary>
    private static async Task<SiloJson> DescribeAsync(IMemoryGovernorClient governors, SiloAddress silo) =>
        SiloJson.Of(silo.ToParsableString(), nameof(SiloStatus.Active), await governors.GetSampleAsync(silo));
}

/// <summary>The silos of the cluster.</summary>
/// <param name="Items">Those that are active and have answered.</param>
/// <param name="Unanswered">Active ones that have not: frozen, cut off, or just gone.</param>
internal sealed record SilosJson(IReadOnlyList<SiloJson> Items, IReadOnlyList<UnansweredSiloJson> Unanswered);

/// <summary>A new budget.</summary>
/// <param name="LimitBytes">From 1 MiB to 1 TiB.</param>
internal sealed record BufferBudgetJson(long? LimitBytes);

/// <summary>How much of a silo's load goes elsewhere.</summary>
/// <param name="Sockets">How many of its sockets.</param>
internal sealed record RebalanceJson(int? Sockets);

/// <summary>What was sent away.</summary>
/// <param name="SentAway">Sockets.</param>
internal sealed record RebalancedJson(int SentAway);

/// <summary>A restart that was requested.</summary>
/// <param name="Recycle"><c>waiting</c> for the lease of the cluster, or <c>under_way</c>.</param>
internal sealed record RecyclingJson(string Recycle);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(SilosJson))]
[JsonSerializable(typeof(SiloJson))]
[JsonSerializable(typeof(BufferBudgetJson))]
[JsonSerializable(typeof(RebalanceJson))]
[JsonSerializable(typeof(RebalancedJson))]
[JsonSerializable(typeof(RecyclingJson))]
[JsonSerializable(typeof(HeapJson))]
internal sealed partial class AdminJson : JsonSerializerContext;
