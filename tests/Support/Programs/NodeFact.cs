using Ingestion.Tests.Shared;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>A test that needs Node and npm; without them, skipped with that reason.</summary>
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = NeedsProgramsAttribute.Missing([NpmServer.Node, NpmServer.Npm]);
}

/// <summary>As <see cref="NodeFactAttribute"/>, with cases.</summary>
internal sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = NeedsProgramsAttribute.Missing([NpmServer.Node, NpmServer.Npm]);
}
