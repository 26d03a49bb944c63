using Ingestion.Api.Problems;

namespace Ingestion.Api.Freezes;

/// <summary>What keeps a silo that was frozen from answering.</summary>
public static class FreezeRegistration
{
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(1);

    /// <summary>Registers the guard.</summary>
    public static IServiceCollection AddFreezeGuard(this IServiceCollection services) =>
        services.AddSingleton<FreezeGuard>().AddHostedService(provider => provider.GetRequiredService<FreezeGuard>());

    /// <summary>
    /// Behind routing, which answers probes. Each request is looked at twice: a silo that froze within it must not answer it either. What has begun to be
    /// answered goes on: places in the journal show its reader what it has missed.
    /// </summary>
    internal static void UseFreezeGuard(this IApplicationBuilder app)
    {
        var guard = app.ApplicationServices.GetRequiredService<FreezeGuard>();
        Func<object, Task> beforeAnswer = async context =>
        {
            if (!await guard.MayAnswerAsync())
                ((HttpContext)context).Abort();
        };
        app.Use(async (context, next) =>
        {
            if (!await guard.MayAnswerAsync())
            {
                await (Problem.Unavailable with { RetryAfter = _retry }).ToResult().ExecuteAsync(context);
                return;
            }

            context.Response.OnStarting(beforeAnswer, context);
            await next(context);
        });
    }
}
