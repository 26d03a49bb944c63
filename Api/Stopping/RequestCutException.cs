namespace Ingestion.Api.Stopping;

/// <summary>The silo stops, and a request has lasted too long: its client is to repeat it, or to go on from what was acknowledged.</summary>
internal sealed class RequestCutException() : OperationCanceledException("The silo stops.");
