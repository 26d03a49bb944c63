namespace Ingestion.Tests.Unit.GrainStorage;

/// <summary>A small state to store.</summary>
internal sealed record Note
{
    public string Text { get; init; } = "";
}
