namespace Ingestion.Tests.Conformance.Infrastructure;

/// <summary>Not a TimeoutException: a test that expects the engine's timeout must not take the barrier's for it.</summary>
public sealed class BarrierNotReachedException(string message) : Exception(message);
