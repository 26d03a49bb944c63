using Xunit;

namespace Ingestion.Tests.Support.Programs;

/// <summary>A test that needs Python 3 and nothing but its standard library; without it, skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    /// <summary>The program.</summary>
    public const string Python = "python3";

    public PythonFactAttribute() => Skip = ProgramPath.Missing(Python);
}
