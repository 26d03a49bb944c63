using Ingestion.Api.Auth;
using Ingestion.Doctor;

namespace Ingestion.Api.Console;

/// <summary>The console: pages for users and operators, as static files. Without a token: signing in is their business.</summary>
public static class ConsoleRegistration
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    internal static IServiceCollection AddConsole(this IServiceCollection services) =>
        services.AddSignInOptions().AddSingleton<ConsoleFiles>().AddSingleton<SignInTicket>();

    /// <summary>For the command line, which shows no console. Behind the options of tokens.</summary>
    public static IServiceCollection AddSignInExamination(this IServiceCollection services) =>
        services.AddSignInOptions().AddSingleton<IExamination, SignInExamination>();

    /// <summary>The page itself is at <c>/</c>: see <see cref="Http.ServiceDocument"/>.</summary>
    internal static void MapConsole(this WebApplication app)
    {
        app.MapMethods("/console/{**file}", _methods, (ConsoleFiles files, HttpContext context, string? file) => files.Serve(context, file))
            .AllowAnonymous()
            .ExcludeFromDescription();
        app.MapSignInLink();
    }

    private static IServiceCollection AddSignInOptions(this IServiceCollection services)
    {
        services.AddOptions<SignInOptions>().BindConfiguration("Ingestion:Console:SignIn")
            .PostConfigure<IOptions<TokenOptions>>((signIn, tokens) => signIn.Authority = SignInRules.AuthorityOf(signIn, tokens.Value))
            .ValidateDataAnnotations().ValidateOnStart();
        return services;
    }
}
