namespace Ingestion.Api.Uploads.Ietf;

/// <summary>Registers the draft's resumable uploads.</summary>
internal static class IetfRegistration
{
    public static IServiceCollection AddIetfUploads(this IServiceCollection services)
    {
        services.AddSingleton<IetfLimits>();
        services.AddSingleton<IetfAnswers>();
        services.AddSingleton<IetfCreator>();
        return services.AddSingleton<IetfUploads>();
    }
}
