namespace Ingestion.Api.Uploads.Sessions;

/// <summary>Registers what writes an upload, whatever the protocol.</summary>
internal static class SessionRegistration
{
    public static IServiceCollection AddUploadSessions(this IServiceCollection services)
    {
        services.AddSingleton<BodyLimits>();
        services.AddSingleton<ProgressPublisher>();
        return services.AddSingleton<UploadSessions>();
    }
}
