namespace Ingestion.Tests.Unit.State;

/// <summary>A small state to store.</summary>
internal sealed record Note
{
    public string Text { get; init; } = "";
}
