namespace Ingestion.Api.Uploads.Tus;

/// <summary>Registers tus 1.0.0.</summary>
internal static class TusRegistration
{
    public static IServiceCollection AddTusUploads(this IServiceCollection services)
    {
        services.AddSingleton<TusAnswers>();
        services.AddSingleton<PieceSniffer>();
        services.AddSingleton<TusConcatenator>();
        services.AddSingleton<TusCreator>();
        return services.AddSingleton<TusUploads>();
    }
}
