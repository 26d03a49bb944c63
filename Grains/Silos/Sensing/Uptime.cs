namespace Ingestion.Grains.Silos.Sensing;

/// <summary>The governor's clock: corrections of the system's time neither hurry nor hold it.</summary>
internal static class Uptime
{
    /// <summary>Time since some fixed moment.</summary>
    public static TimeSpan Now(TimeProvider time) => time.GetElapsedTime(0);
}
