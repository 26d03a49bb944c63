namespace Ingestion.Tests.Shared;

/// <summary>This assembly, to the files of tests/Shared that are compiled into each project.</summary>
internal static class TestAssembly
{
    public const string Name = "Ingestion.Tests.Integration";
}
