namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>
/// Where a silo runs: its address, the file of its network namespace unless that is the one of the tests, and the command that changes mounts for it
/// alone.
/// </summary>
internal sealed record SiloPlace(string Host, string? Network = null, string? Mounts = null)
{
    public static readonly SiloPlace Loopback = new("127.0.0.1");
}
