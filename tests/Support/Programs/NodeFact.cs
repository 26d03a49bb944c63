using Ingestion.Tests.Support.Servers;
using Xunit;

namespace Ingestion.Tests.Support.Programs;

/// <summary>A test that needs Node and npm; without them, skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = ProgramPath.Missing(NpmServer.Node, NpmServer.Npm);
}

/// <summary>As <see cref="NodeFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = ProgramPath.Missing(NpmServer.Node, NpmServer.Npm);
}
