namespace Ingestion.Tests.Conformance.Infrastructure;

internal static class Keys
{
    /// <summary>Every test has grains of its own: clusters are shared.</summary>
    public static string New() => Guid.NewGuid().ToString("N");
}
