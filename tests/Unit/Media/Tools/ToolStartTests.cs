using System.Diagnostics;
using Ingestion.Backends.Media.Tools;

namespace Ingestion.Tests.Unit.Media.Tools;

/// <summary>Child processes know nothing of the silo.</summary>
public sealed class ToolStartTests
{
    [Fact]
    public async Task OnlyThePathIsHandedOn()
    {
        var start = ToolStart.Of("/usr/bin/env", []);
        start.RedirectStandardOutput = true;
        using var child = Process.Start(start)!;
        var variable = Assert.Single((await child.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("PATH=", variable, StringComparison.Ordinal);
        await child.WaitForExitAsync();
    }
}
