using System.Diagnostics;

namespace Ingestion.Backends.Media.Tools;

/// <summary>How every child process of the silo is started.</summary>
internal static class ToolStart
{
    /// <summary>With an environment of <c>PATH</c> alone: whatever the silo knows (keys, passwords) is not for another program.</summary>
    public static ProcessStartInfo Of(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        return start;
    }
}
