using Xunit;

namespace Ingestion.Tests.Support.Programs;

/// <summary>A test that runs the real ffprobe and ffmpeg; without them, skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MediaFactAttribute : FactAttribute
{
    public MediaFactAttribute() => Skip = ProgramPath.Missing("ffprobe", "ffmpeg");
}

/// <summary>As <see cref="MediaFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MediaTheoryAttribute : TheoryAttribute
{
    public MediaTheoryAttribute() => Skip = ProgramPath.Missing("ffprobe", "ffmpeg");
}
