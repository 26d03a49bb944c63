using Ingestion.Api.Admission;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Uploads.Ietf;
using Ingestion.Api.Uploads.Tus;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Resumable;

/// <summary>Resumable uploads: one set of addresses, and a protocol for each request.</summary>
internal static class ResumableEndpoints
{
    public const string Root = "/api/uploads";

    private const string One = Root + "/{id}";

    public static void MapResumableUploads(this IEndpointRouteBuilder routes)
    {
        // Each request is authorised, not only the first one of an upload.
        var uploads = routes.MapGroup("").RequireAuthorization(Scopes.Upload).WithTags(Tags.Uploads).TakesAnyQuery();
        uploads.MapPost(Root, CreateAsync).IsNewWork(NewWork.Upload).DescribeCreation();
        uploads.MapMethods(One, ["GET", "HEAD"], GetAsync).LimitsUnknownIds().DescribeState();
        uploads.MapMethods(One, ["PATCH"], AppendAsync).LimitsUnknownIds().DescribeAppend();
        uploads.MapDelete(One, CancelAsync).LimitsUnknownIds().DescribeCancellation();
        var options = routes.MapGroup("").WithTags(Tags.Uploads).TakesAnyQuery();
        options.MapMethods(Root, ["OPTIONS"], Options).Operation("getUploadProtocols", "What the protocols of uploads can do here.").DescribeOptions();
        options.MapMethods(One, ["OPTIONS"], Options).Operation("getUploadProtocolsOfOne", "The same, at the address of an upload.").DescribeOptions();
    }

    private static Task<IResult> CreateAsync(HttpContext context, TusCreator tus, IetfCreator ietf) => ResumableProtocol.Of(context.Request) switch
    {
        UploadProtocol.Ietf => ietf.CreateAsync(context),
        _ => tus.CreateAsync(context),
    };

    private static async Task<IResult> GetAsync(HttpContext context, TusUploads tus, IetfUploads ietf, UploadFinder finder, string id) =>
        await ProtocolAsync(context, finder, id) switch
    {
        UploadProtocol.Ietf => await ietf.GetAsync(context, id),
        _ => await tus.GetAsync(context, id),
    };

    private static Task<IResult> AppendAsync(HttpContext context, TusUploads tus, IetfUploads ietf, string id) => ResumableProtocol.Of(context.Request) switch
    {
        UploadProtocol.Ietf => ietf.AppendAsync(context, id),
        _ => tus.AppendAsync(context, id),
    };

    private static async Task<IResult> CancelAsync(HttpContext context, TusUploads tus, IetfUploads ietf, UploadFinder finder, string id) =>
        await ProtocolAsync(context, finder, id) switch
    {
        UploadProtocol.Ietf => await ietf.CancelAsync(context, id),
        _ => await tus.CancelAsync(context, id),
    };

    /// <summary>Clients of direct uploads speak neither protocol: their GET and DELETE are answered in the plainer one.</summary>
    private static async ValueTask<UploadProtocol> ProtocolAsync(HttpContext context, UploadFinder finder, string id) =>
        ResumableProtocol.Of(context.Request) switch
    {
        UploadProtocol.Tus when !ResumableProtocol.IsTus(context.Request) && await finder.FindAsync(id, context.User.UserId()) is { Kind: UploadKind.Direct } =>
            UploadProtocol.Ietf,
        var protocol => protocol,
    };

    /// <summary>Describes both protocols.</summary>
    private static IResult Options(HttpContext context, TusUploads tus, IetfUploads ietf)
    {
        tus.DescribeOptions(context.Response);
        return ietf.Options(context);
    }
}
