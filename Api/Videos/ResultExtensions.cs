using Microsoft.Extensions.Primitives;

namespace Ingestion.Api.Videos;

/// <summary>Adds a header to a result.</summary>
internal static class ResultExtensions
{
    public static IResult WithLocation(this IResult result, string location) => new HeaderResult(result, "Location", location);

    private sealed class HeaderResult(IResult inner, string name, StringValues value) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers[name] = value;
            return inner.ExecuteAsync(httpContext);
        }
    }
}
