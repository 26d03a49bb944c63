namespace Ingestion.Api.Uploads.Limits;

/// <summary>Registers what keeps one client from taking everything.</summary>
internal static class LimitsRegistration
{
    public static IServiceCollection AddUploadLimits(this IServiceCollection services)
    {
        services.AddOptions<UploadLimitsOptions>().BindConfiguration("Ingestion:Limits").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<UploadAdmission>();
        return services;
    }
}
