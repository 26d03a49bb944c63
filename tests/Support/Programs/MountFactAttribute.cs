using System.Diagnostics;
using Xunit;

namespace Ingestion.Tests.Support.Programs;

/// <summary>A test whose silo has mounts of its own; where the system allows no process that, or these programs are missing, skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute(params string[] programs) =>
        Skip = ProgramPath.Missing([.. programs, "unshare", "mount"]) ?? (IsAllowed() ? null : "NOT TESTED: the system allows no mount namespaces.");

    private static bool IsAllowed()
    {
        using var trial = Process.Start(new ProcessStartInfo("unshare", ["--mount", "true"]) { RedirectStandardError = true })!;
        trial.WaitForExit();
        return trial.ExitCode == 0;
    }
}
