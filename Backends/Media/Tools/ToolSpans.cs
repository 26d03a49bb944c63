using System.Diagnostics;
using Ingestion.Telemetry;

namespace Ingestion.Backends.Media.Tools;

/// <summary>Spans of tool runs, by the conventions for command lines. Neither arguments nor output are in them: both may name what is the user's.</summary>
internal static class ToolSpans
{
    public static Activity? Run(ToolCommand command) =>
        Spans.Start(command.Name, ActivityKind.Client)
            ?.SetTag("process.executable.name", command.Name).SetTag("ingestion.video.id", command.Source.VideoId);

    public static void Ended(Activity? span, ToolRun run)
    {
        span?.SetTag("process.exit.code", run.ExitCode).SetTag("ingestion.tool.outcome", run.Outcome);
        if (!run.Succeeded)
            span.Fail(run.Outcome);
    }
}
