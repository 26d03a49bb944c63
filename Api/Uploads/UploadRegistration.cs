using Ingestion.Api.Uploads.Direct;
using Ingestion.Api.Uploads.Form;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Api.Uploads.Listing;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;

namespace Ingestion.Api.Uploads;

/// <summary>Registers and maps uploads, whatever the protocol.</summary>
internal static class UploadRegistration
{
    public static IServiceCollection AddUploads(this IServiceCollection services)
    {
        services.AddUploadOptions();
        services.AddSingleton<UploadMetrics>();
        services.AddSingleton<UploadCreator>();
        services.AddSingleton<UploadFinder>();
        services.AddSingleton<UploadCancellation>();
        services.AddSingleton<PendingUploads>();
        return services.AddUploadLimits().AddUploadSessions().AddFormUploads().AddResumableUploads().AddDirectUploads();
    }

    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        routes.MapFormUploads();
        routes.MapResumableUploads();
        routes.MapDirectUploads();
        routes.MapUploadList();
        routes.MapUsage();
    }
}
