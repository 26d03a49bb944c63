using Ingestion.Backends.Media;
using Ingestion.Doctor;
using Ingestion.Silo.Worker;

namespace Ingestion.Silo.Doctor;

/// <summary>ffprobe and ffmpeg, of a worker.</summary>
internal sealed class ToolExamination(WorkerOptions options) : IExamination
{
    public IEnumerable<Look> Looks =>
        [Look.Of("tools", "install ffmpeg (apt-get install ffmpeg), or name its folder with Ingestion:Worker:ToolPath", Examine)];

    private Diagnosis Examine() => MediaTools.Locate(options.ToolPath ?? Environment.GetEnvironmentVariable("PATH")) is { } found
        ? Diagnosis.Ok(found)
        : Diagnosis.Warning("ffprobe and ffmpeg are not there: videos become ready without being measured, and without poster");
}
