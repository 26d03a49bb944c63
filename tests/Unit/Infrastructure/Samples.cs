namespace Ingestion.Tests.Unit.Infrastructure;

/// <summary>Small real videos: two seconds, 320 × 180, with sound.</summary>
internal static class Samples
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Samples", name);
}
