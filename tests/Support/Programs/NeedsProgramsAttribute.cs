namespace Ingestion.Tests.Support.Programs;

/// <summary>The programs that a test class can't do without. Its contract facts are skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsProgramsAttribute(params string[] names) : Attribute
{
    public IReadOnlyList<string> Names { get; } = names;
}
