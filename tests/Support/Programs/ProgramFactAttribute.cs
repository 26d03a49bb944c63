using Xunit;

namespace Ingestion.Tests.Support.Programs;

/// <summary>A test that needs programs of the system; without one of them, skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = ProgramPath.Missing(programs);
    }

    public IReadOnlyList<string> Programs { get; }
}

/// <summary>As <see cref="ProgramFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramTheoryAttribute : TheoryAttribute
{
    public ProgramTheoryAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = ProgramPath.Missing(programs);
    }

    public IReadOnlyList<string> Programs { get; }
}
