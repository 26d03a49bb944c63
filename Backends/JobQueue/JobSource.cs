namespace Ingestion.Backends.JobQueue;

/// <summary>Where the jobs of this silo come from, as a queue writes it into each of them.</summary>
/// <param name="ServiceId">The service, as its state knows it.</param>
internal sealed record JobSource(string ServiceId);
