using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>What the signed address of a part reads and answers, for the API document.</summary>
internal static class PartDescription
{
    private static readonly Parameter[] _read =
    [
        new("path", "number", "The number of the part, from 1."),
        Parameter.Query("size", "Bytes of the part."),
        Parameter.Query("expires", "Unix seconds at which the address ends."),
        Parameter.Query("signature", "Stands for a token."),
    ];

    public static T DescribePart<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .Operation("putDirectPart", "Sends a part to an address that was signed here, where the store has none of its own. No token is needed.")
        .TakesBytes("Exactly the bytes of the part.", "application/octet-stream")
        .TakesAnyQuery()
        .WithParameters(_read)
        .WithAnswerFields(new AnswerField("ETag", "To be given when the upload is completed."))
        .Refuses(Problem.UrlInvalid, Problem.UrlExpired, Problem.LengthRequired, Problem.PartLengthInvalid, Problem.UploadGone, Problem.UploadTakenOver)
        .Refuses(Problem.RateLimited);
}
