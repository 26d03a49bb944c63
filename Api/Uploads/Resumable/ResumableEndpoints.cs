using Ingestion.Api.Auth;
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
        // Who may upload is asked of every request, not only of the first one.
        var uploads = routes.MapGroup("").RequireAuthorization(Scopes.Upload);
        uploads.MapPost(Root, CreateAsync);
        uploads.MapMethods(One, ["GET", "HEAD"], GetAsync);
        uploads.MapMethods(One, ["PATCH"], AppendAsync);
        uploads.MapDelete(One, CancelAsync);
        routes.MapMethods(Root, ["OPTIONS"], OptionsAsync);
        routes.MapMethods(One, ["OPTIONS"], OptionsAsync);
    }

    private static Task<IResult> CreateAsync(HttpContext context, UploadEdge edge) => ResumableProtocol.Of(context.Request) switch
    {
        UploadProtocol.Ietf => IetfEndpoints.CreateAsync(context, edge),
        _ => TusEndpoints.CreateAsync(context, edge),
    };

    private static async Task<IResult> GetAsync(HttpContext context, UploadEdge edge, string id) => await ProtocolAsync(context, edge, id) switch
    {
        UploadProtocol.Ietf => await IetfEndpoints.GetAsync(context, edge, id),
        _ => await TusEndpoints.GetAsync(context, edge, id),
    };

    private static Task<IResult> AppendAsync(HttpContext context, UploadEdge edge, string id) => ResumableProtocol.Of(context.Request) switch
    {
        UploadProtocol.Ietf => IetfEndpoints.AppendAsync(context, edge, id),
        _ => TusEndpoints.AppendAsync(context, edge, id),
    };

    private static async Task<IResult> CancelAsync(HttpContext context, UploadEdge edge, string id) => await ProtocolAsync(context, edge, id) switch
    {
        UploadProtocol.Ietf => await IetfEndpoints.CancelAsync(context, edge, id),
        _ => await TusEndpoints.CancelAsync(context, edge, id),
    };

    /// <summary>Clients of direct uploads speak neither protocol; theirs are asked after and given up in the plainer one.</summary>
    private static async ValueTask<UploadProtocol> ProtocolAsync(HttpContext context, UploadEdge edge, string id) => ResumableProtocol.Of(context.Request) switch
    {
        UploadProtocol.Tus when !ResumableProtocol.IsTus(context.Request) && await edge.FindUploadAsync(id, context.User.UserId()) is { Kind: UploadKind.Direct } => UploadProtocol.Ietf,
        var protocol => protocol,
    };

    /// <summary>A client that asks what is spoken here is told of both.</summary>
    private static Task<IResult> OptionsAsync(HttpContext context, UploadEdge edge)
    {
        TusEndpoints.DescribeOptions(context.Response, edge);
        return IetfEndpoints.OptionsAsync(context, edge);
    }
}
