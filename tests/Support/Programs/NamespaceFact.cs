using System.Diagnostics;
using Xunit;

namespace Ingestion.Tests.Support.Programs;

/// <summary>A test that needs network namespaces; where the system allows none, skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute() => Skip = ProgramPath.Missing("nsenter", "bash") ?? (IsAllowed() ? null : "The system allows no network namespaces.");

    private static bool IsAllowed()
    {
        using var trial = Process.Start(new ProcessStartInfo("nsenter", ["--net=/proc/self/ns/net", "true"]) { RedirectStandardError = true })!;
        trial.WaitForExit();
        return trial.ExitCode == 0;
    }
}
