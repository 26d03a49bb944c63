namespace Ingestion.Api.Uploads.Form;

/// <summary>Registers videos by form.</summary>
internal static class FormRegistration
{
    public static IServiceCollection AddFormUploads(this IServiceCollection services) => services.AddSingleton<FormCreations>().AddSingleton<VideoFormReader>();
}
