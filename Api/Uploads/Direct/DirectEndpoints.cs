using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Videos;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>Uploads whose parts the client sends to the object store itself; the requests around them come here.</summary>
internal static class DirectEndpoints
{
    private const int MostAddresses = 100;

    // A part of the longest completion takes less than a hundred bytes.
    private const int LongestRequest = 64 * 1024;
    private const int LongestCompletion = PartPlan.MostParts * 100;

    // An address is no HTML: its ampersands stay.
    private static readonly DirectJsonContext _answers = new(new JsonSerializerOptions(DirectJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static void MapDirectUploads(this IEndpointRouteBuilder routes)
    {
        var direct = routes.MapGroup(ResumableEndpoints.Root).RequireAuthorization(Scopes.Upload);
        direct.MapPost("/direct", CreateAsync);
        direct.MapPost("/{id}/parts", IssueAsync);
        direct.MapGet("/{id}/parts", ListAsync);
        direct.MapPost("/{id}/complete", CompleteAsync);
        routes.MapPut(ResumableEndpoints.Root + "/{id}/parts/{number}", SignedPart.PutAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, DirectEdge edge)
    {
        var (uploads, owner) = (edge.Uploads, context.User.UserId());
        if (await uploads.Admission.AdmitAsync(context, owner) is { } busy)
            return Refuse(edge, busy);
        var (wish, invalid, where) = await JsonBody.ReadAsync(context.Request, DirectJsonContext.Default.DirectRequestJson, LongestRequest);
        if (wish is null)
            return Refuse(edge, invalid!, where);
        if (wish.Size <= 0)
            return wish.Size == 0 ? Refuse(edge, Problem.FileEmpty) : Refuse(edge, Problem.JsonInvalid, "$.size");
        var (id, refused) = await edge.CreateAsync(owner, wish, context.RequestAborted);
        if (id is null || await uploads.FindUploadAsync(id, owner) is not { } info)
            return Refuse(edge, refused ?? Problem.UploadGone);

        var (path, root) = ($"{ResumableEndpoints.Root}/{id}", context.LinkRoot());
        var plan = new DirectPlan(info.Plan, wish.Size);
        var addresses = await edge.AddressesAsync(context, id, info, Enumerable.Range(1, Math.Min(plan.Count, MostAddresses)));
        var links = new DirectLinksJson(root + path, $"{root}{path}/parts", $"{root}{path}/complete");
        var answer = new DirectUploadJson(id, id, wish.Size, info.Plan.Size, plan.Count, info.ExpiresAt, addresses, links);
        return Json(context, answer, _answers.DirectUploadJson, StatusCodes.Status201Created).WithLocation(context.PublicAddressOf(path));
    }

    private static async Task<IResult> IssueAsync(HttpContext context, DirectEdge edge, string id)
    {
        var owner = context.User.UserId();
        var (found, refused) = await edge.FindAsync(id, owner);
        if (found is null)
            return Refuse(edge, refused!);
        var (wish, invalid, where) = await JsonBody.ReadAsync(context.Request, DirectJsonContext.Default.PartNumbersJson, LongestRequest);
        if (wish is null)
            return Refuse(edge, invalid!, where);
        var plan = new DirectPlan(found.Plan, found.Length!.Value);
        if (wish.Numbers.Count is 0 or > MostAddresses || !wish.Numbers.All(plan.Has) || wish.Numbers.Distinct().Count() != wish.Numbers.Count)
            return Refuse(edge, Problem.PartNumbersInvalid);
        // Whoever asks for addresses is at work.
        if (await edge.TouchAsync(id, owner, found) is { } ended)
            return Refuse(edge, ended);
        if (await edge.Uploads.FindUploadAsync(id, owner) is not { } info)
            return Refuse(edge, Problem.UploadGone);
        return Json(context, new PartAddressesJson(info.ExpiresAt, await edge.AddressesAsync(context, id, info, wish.Numbers)), _answers.PartAddressesJson);
    }

    private static async Task<IResult> ListAsync(HttpContext context, DirectEdge edge, string id)
    {
        var (info, refused) = await edge.FindAsync(id, context.User.UserId());
        if (info is null)
            return Refuse(edge, refused!);
        if (await edge.Store.ListPartsAsync(ObjectKey.Source(id), info.StoreUploadId, info.Plan, context.RequestAborted) is not { } stored)
            return Refuse(edge, Problem.UploadGone);
        var plan = new DirectPlan(info.Plan, info.Length!.Value);
        var parts = stored.Select(part => new StoredPartJson(part.Number, part.Offset, part.Length, part.ETag)).ToArray();
        return Json(context, new StoredPartsJson(id, plan.Length, info.Plan.Size, plan.Count, info.ExpiresAt, parts), _answers.StoredPartsJson);
    }

    private static async Task<IResult> CompleteAsync(HttpContext context, DirectEdge edge, string id)
    {
        var owner = context.User.UserId();
        // Whose it is comes before what is said of it.
        if (await edge.FindAsync(id, owner) is { Info: null, Problem: { } refused } && refused != Problem.UploadEnded)
            return Refuse(edge, refused);
        var (wish, invalid, where) = await JsonBody.ReadAsync(context.Request, DirectJsonContext.Default.CompletionJson, LongestCompletion);
        if (wish is null)
            return Refuse(edge, invalid!, where);
        // Of the elements of a list the reader does not ask whether they are null.
        if (wish.Parts.Any(part => part is null))
            return Refuse(edge, Problem.JsonInvalid, "$.parts");
        var (video, problem, detail) = await DirectCompletion.CompleteAsync(edge, id, owner, wish.Parts, context.RequestAborted);
        return problem is null ? VideoCreated.Of(context, video!) : Refuse(edge, problem, detail);
    }

    private static JsonHttpResult<T> Json<T>(HttpContext context, T document, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        // Addresses in it are as good as keys.
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(document, type, contentType: null, status);
    }

    private static ProblemResult Refuse(DirectEdge edge, Problem problem, string? detail = null)
    {
        edge.Uploads.Metrics.Refused(problem.Code);
        return problem.ToResult(detail);
    }
}
