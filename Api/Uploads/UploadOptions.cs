using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Uploads;

/// <summary>Limits of uploads.</summary>
public sealed class UploadOptions
{
    /// <summary>Largest file taken, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxFileBytes { get; set; } = 20L * 1024 * 1024 * 1024;

    /// <summary>
    /// Whether a file must start like a known video container. Off, anything is stored and processing decides; for containers that are not
    /// known here yet, and for load tests with random bytes.
    /// </summary>
    public bool RequireKnownContainer { get; set; } = true;

    /// <summary>How long an unfinished upload may lie after its last byte, in seconds; a finished one can be queried for as long.</summary>
    [Range(1, 366 * 86_400)]
    public int TimeToLiveSeconds { get; set; } = 86_400;

    /// <summary>A client slower than this for longer than <see cref="SlowSeconds"/> is cut off, in bytes per second; 0 waits for ever.</summary>
    [Range(0, 1_000_000)]
    public int MinBytesPerSecond { get; set; } = 1_000;

    /// <summary>How long a client may be too slow, in seconds; what the store takes does not count.</summary>
    [Range(1, 3_600)]
    public int SlowSeconds { get; set; } = 30;

    /// <summary>How often expired uploads and orphaned bytes are looked for, in seconds.</summary>
    [Range(1, 86_400)]
    public int JanitorSeconds { get; set; } = 60;

    internal TimeSpan TimeToLive => TimeSpan.FromSeconds(TimeToLiveSeconds);
}

/// <summary>Registers the limits, which the janitor needs in every role.</summary>
public static class UploadOptionsRegistration
{
    /// <summary>Binds and checks them. Doing it twice changes nothing.</summary>
    public static IServiceCollection AddUploadOptions(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(IConfigureOptions<UploadOptions>)))
            return services;
        services.AddOptions<UploadOptions>().BindConfiguration("Ingestion:Uploads").ValidateDataAnnotations().ValidateOnStart();
        return services;
    }
}
