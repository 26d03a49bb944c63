using Ingestion.Backends.Media;

namespace Ingestion.Tests.Unit.Infrastructure;

/// <summary>A test that runs the real ffprobe and ffmpeg; reported as skipped where they are not on PATH.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MediaFactAttribute : FactAttribute
{
    public MediaFactAttribute() => Skip = MediaTools.Find(Environment.GetEnvironmentVariable("PATH")) is null ? "ffprobe and ffmpeg are not on PATH." : null;
}
