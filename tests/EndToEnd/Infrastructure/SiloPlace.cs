namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>Where a silo runs: its address, and the file of its network namespace unless that is the one of the tests.</summary>
internal sealed record SiloPlace(string Host, string? Network = null)
{
    public static readonly SiloPlace Loopback = new("127.0.0.1");
}
