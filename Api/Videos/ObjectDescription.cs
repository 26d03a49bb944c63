using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;

namespace Ingestion.Api.Videos;

/// <summary>What <see cref="ObjectResult"/> reads and answers, for the API document.</summary>
internal static class ObjectDescription
{
    private static readonly Parameter[] _read =
    [
        Parameter.Field("Range", "One range of bytes; several are answered with the whole."),
        Parameter.Field("If-Range", "The ETag, or the date, that the client has the beginning of."),
        Parameter.Field("If-None-Match", "ETags that the client has."),
        Parameter.Field("If-Modified-Since", "The date of what the client has; without If-None-Match."),
        Parameter.Field("If-Match", "The ETag that it must have."),
        Parameter.Field("If-Unmodified-Since", "Since when it must be as it is; without If-Match."),
    ];

    private static readonly AnswerField[] _fields =
    [
        new("ETag", "Of this version."),
        new("Accept-Ranges", "bytes", StatusCodes.Status200OK, StatusCodes.Status206PartialContent),
        new("Content-Range", "Which bytes these are.", StatusCodes.Status206PartialContent, StatusCodes.Status416RangeNotSatisfiable),
        new("Content-Disposition", "With the name that the file was uploaded by.", StatusCodes.Status200OK, StatusCodes.Status206PartialContent),
    ];

    public static T DescribeObject<T>(this T endpoint, params string[] mediaTypes)
        where T : IEndpointConventionBuilder => endpoint
        .Answers(StatusCodes.Status200OK, "The whole of it.", mediaTypes)
        .Answers(StatusCodes.Status206PartialContent, "One range of it.", mediaTypes)
        .Answers(StatusCodes.Status304NotModified, "The client has this version.")
        .Refuses(Problem.NotFound, Problem.RangeNotSatisfiable, Problem.PreconditionFailed)
        .TakesAnyQuery()
        .WithParameters(_read)
        .WithAnswerFields(_fields);
}
