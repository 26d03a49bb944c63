namespace Ingestion.Api.Problems;

/// <summary>The last resort: exceptions and bare error statuses of the framework become problem+json.</summary>
internal static class ProblemsRegistration
{
    public static IServiceCollection AddProblems(this IServiceCollection services) => services.AddExceptionHandler<ExceptionProblems>();

    /// <summary>Before everything that may fail.</summary>
    public static void UseProblems(this IApplicationBuilder app)
    {
        // The handler answers for everything; the empty one below only states that there is no error page.
        app.UseExceptionHandler(static _ => { });
        app.UseStatusCodePages(static page =>
            OfStatus(page.HttpContext.Response.StatusCode) is { } problem ? problem.ToResult().ExecuteAsync(page.HttpContext) : Task.CompletedTask);
    }

    private static Problem? OfStatus(int status) => status switch
    {
        StatusCodes.Status400BadRequest => Problem.RequestInvalid,
        StatusCodes.Status404NotFound => Problem.NotFound,
        StatusCodes.Status405MethodNotAllowed => Problem.MethodNotAllowed,
        _ => null,
    };
}
