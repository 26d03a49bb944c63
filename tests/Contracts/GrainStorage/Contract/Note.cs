namespace Ingestion.Tests.Contracts.GrainStorage.Contract;

/// <summary>A small state to store.</summary>
public sealed record Note
{
    public string Text { get; init; } = "";

    public int Revision { get; init; }
}

/// <summary>The same state in a newer build.</summary>
public sealed record NewerNote
{
    public string Text { get; init; } = "";

    public int Revision { get; init; }

    public IReadOnlyList<Note> History { get; init; } = [];

    public string? Author { get; init; }
}
