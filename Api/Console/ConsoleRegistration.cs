namespace Ingestion.Api.Console;

/// <summary>The console: pages for users and operators, as static files. Without a token: signing in is their business.</summary>
internal static class ConsoleRegistration
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddConsole(this IServiceCollection services) => services.AddSingleton<ConsoleFiles>().AddSingleton<SignInTicket>();

    /// <summary>The page itself is at <c>/</c>: see <see cref="Http.ServiceDocument"/>.</summary>
    public static void MapConsole(this WebApplication app)
    {
        app.MapMethods("/console/{**file}", _methods, (ConsoleFiles files, HttpContext context, string? file) => files.Serve(context, file))
            .AllowAnonymous()
            .ExcludeFromDescription();
        app.MapSignInLink();
    }
}
