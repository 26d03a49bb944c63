using Ingestion.Api.Admission;
using Ingestion.Api.Auth;
using Ingestion.Api.Creations;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Uploads.Limits;
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

    private static readonly Problem[] _open = [Problem.NotFound, Problem.UploadNotDirect, Problem.UploadEnded, Problem.UploadGone];

    public static void MapDirectUploads(this IEndpointRouteBuilder routes)
    {
        var direct = routes.MapGroup(ResumableEndpoints.Root).RequireAuthorization(Scopes.Upload).WithTags(Tags.Direct);
        direct.MapPost("/direct", CreateAsync).IsNewWork(NewWork.Upload)
            .Operation("createDirectUpload", "Begins an upload whose parts go to signed addresses.")
            .TakesJson(typeof(DirectRequestJson))
            .RefusesByLimits().Refuses(Problem.FileEmpty, Problem.FileTooLarge, Problem.UploadGone, Problem.PartSizeInvalid)
            .Refuses(Problem.MetadataInvalid, Problem.ExternalIdInvalid)
            .TakesIdempotencyKey()
            .WithAnswerFields(new AnswerField("Location", "The upload.", StatusCodes.Status201Created));
        direct.MapPost("/{id}/parts", IssueAsync).LimitedBy(RateKind.Change).LimitsUnknownIds()
            .Operation("signDirectParts", "Fresh addresses for parts, and more time for the upload.")
            .TakesJson(typeof(PartNumbersJson))
            .RefusesByLimits().Refuses(_open).Refuses(Problem.PartNumbersInvalid, Problem.UploadTakenOver, Problem.OffsetMismatch);
        direct.MapGet("/{id}/parts", ListAsync).LimitsUnknownIds().Operation("listDirectParts", "The parts that the store has.").Refuses(_open);
        direct.MapPost("/{id}/complete", CompleteAsync).LimitedBy(RateKind.Change, RateWhen.Refused).LimitsUnknownIds()
            .Operation("completeDirectUpload", "Makes a video of the parts; asked again it is the same one.")
            .TakesJson(typeof(CompletionJson))
            .RefusesBytes().Refuses(_open).Refuses(Problem.PartNumbersInvalid, Problem.PartMismatch)
            .WithAnswerFields(new AnswerField("Location", "The record of the video.", StatusCodes.Status201Created));
        routes.MapPut(ResumableEndpoints.Root + "/{id}/parts/{number}", PutAsync).WithTags(Tags.Direct).DescribePart();
    }

    private static async Task<Results<Created<DirectUploadJson>, ProblemResult>> CreateAsync(
        HttpContext context, UploadAdmission admission, DirectCreator creator, UploadFinder finder, PartAddresses addresses, UploadMetrics metrics)
    {
        var owner = context.User.UserId();
        if (await admission.AdmitAsync(context, owner) is { } busy)
            return Refuse(metrics, busy);
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, DirectJsonContext.Default.DirectRequestJson, LongestRequest);
        if (body is null)
            return Refuse(metrics, CallerFields.OfJson(invalid!, where), where);
        if (body.Size <= 0)
            return body.Size == 0 ? Refuse(metrics, Problem.FileEmpty) : Refuse(metrics, Problem.JsonInvalid, "$.size");
        // It would be refused part by part.
        if (body.Size > PartPlan.MostBytes)
            return Refuse(metrics, Problem.FileTooLarge);
        if (body.PartSize is { } wish && PartPlan.SizesFor(body.Size) is var (smallest, largest) && (wish < smallest || wish > largest))
            return Refuse(metrics, Problem.PartSizeInvalid, $"part_size must be from {smallest} to {largest}.");
        var (caller, wrong) = CallerFields.Check(body.ExternalId, body.Metadata);
        if (wrong is not null)
            return Refuse(metrics, wrong);
        var (id, refused) = await creator.CreateAsync(context, body, caller);
        if (id is null || await finder.FindAsync(id, owner) is not { } info)
            return Refuse(metrics, refused ?? Problem.UploadGone);

        var (path, root) = ($"{ResumableEndpoints.Root}/{id}", context.LinkRoot());
        var plan = new DirectPlan(info.Plan, body.Size);
        // A repeated request may come when it takes no parts any more.
        var count = info.State is UploadState.Open ? Math.Min(plan.Count, MostAddresses) : 0;
        var first = await addresses.MakeAsync(context, id, info, Enumerable.Range(1, count));
        var links = new DirectLinksJson(root + path, $"{root}{path}/parts", $"{root}{path}/complete");
        var answer = new DirectUploadJson(id, id, body.Size, info.Plan.Size, plan.Count, info.ExpiresAt, first, links);
        DontStore(context);
        return TypedResults.Created(context.PublicAddressOf(path), answer);
    }

    private static async Task<Results<Ok<PartAddressesJson>, ProblemResult>> IssueAsync(
        HttpContext context, OpenDirectUploads uploads, UploadFinder finder, PartAddresses addresses, UploadMetrics metrics, string id)
    {
        var owner = context.User.UserId();
        var (found, refused) = await uploads.FindAsync(id, owner);
        if (found is null)
            return Refuse(metrics, refused!);
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, DirectJsonContext.Default.PartNumbersJson, LongestRequest);
        if (body is null)
            return Refuse(metrics, invalid!, where);
        var plan = new DirectPlan(found.Plan, found.Length!.Value);
        if (body.Numbers.Count is 0 or > MostAddresses || !body.Numbers.All(plan.Has) || body.Numbers.Distinct().Count() != body.Numbers.Count)
            return Refuse(metrics, Problem.PartNumbersInvalid);
        // A client that requests addresses is active.
        if (await uploads.ProlongAsync(id, owner, found) is { } ended)
            return Refuse(metrics, ended);
        if (await finder.FindAsync(id, owner) is not { } info)
            return Refuse(metrics, Problem.UploadGone);
        DontStore(context);
        return TypedResults.Ok(new PartAddressesJson(info.ExpiresAt, await addresses.MakeAsync(context, id, info, body.Numbers)));
    }

    private static async Task<Results<Ok<StoredPartsJson>, ProblemResult>> ListAsync(
        HttpContext context, OpenDirectUploads uploads, UploadMetrics metrics, string id)
    {
        var (info, refused) = await uploads.FindAsync(id, context.User.UserId());
        if (info is null)
            return Refuse(metrics, refused!);
        if (await uploads.ListPartsAsync(id, info, context.RequestAborted) is not { } stored)
            return Refuse(metrics, Problem.UploadGone);
        var plan = new DirectPlan(info.Plan, info.Length!.Value);
        var parts = stored.Select(part => new StoredPartJson(part.Number, part.Offset, part.Length, part.ETag)).ToArray();
        DontStore(context);
        return TypedResults.Ok(new StoredPartsJson(id, plan.Length, info.Plan.Size, plan.Count, info.ExpiresAt, parts,
            info.Caller?.ExternalId, info.Caller?.Metadata));
    }

    private static async Task<Results<Created<VideoJson>, ProblemResult>> CompleteAsync(
        HttpContext context, OpenDirectUploads uploads, DirectCompletion completion, UploadMetrics metrics, string id)
    {
        var owner = context.User.UserId();
        // The owner is checked before the content.
        if (await uploads.FindAsync(id, owner) is { Info: null, Problem: { } refused } && refused != Problem.UploadEnded)
            return Refuse(metrics, refused);
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, DirectJsonContext.Default.CompletionJson, LongestCompletion);
        if (body is null)
            return Refuse(metrics, invalid!, where);
        // Of the elements of a list the reader does not check whether they are null.
        if (body.Parts.Any(part => part is null))
            return Refuse(metrics, Problem.JsonInvalid, "$.parts");
        var (video, problem, detail) = await completion.CompleteAsync(id, owner, body.Parts, context.RequestAborted);
        return problem is null ? VideoCreated.Of(context, video!) : Refuse(metrics, problem, detail);
    }

    private static Task<Results<Ok, ProblemResult>> PutAsync(HttpContext context, SignedParts parts, string id, string number) =>
        parts.PutAsync(context, id, number);

    /// <summary>Addresses in it are as good as keys.</summary>
    private static void DontStore(HttpContext context) => context.Response.Headers.CacheControl = "no-store";

    private static ProblemResult Refuse(UploadMetrics metrics, Problem problem, string? detail = null)
    {
        metrics.Refused(problem.Code);
        return problem.ToResult(detail);
    }
}
