using Ingestion.Api.Uploads.Ietf;
using Ingestion.Api.Uploads.Tus;

namespace Ingestion.Api.Uploads.Resumable;

/// <summary>Registers resumable uploads.</summary>
internal static class ResumableRegistration
{
    public static IServiceCollection AddResumableUploads(this IServiceCollection services) =>
        services.AddSingleton<UploadAppender>().AddSingleton<ResumableCreations>().AddTusUploads().AddIetfUploads();
}
