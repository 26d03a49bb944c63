using System.ComponentModel.DataAnnotations;

namespace Ingestion.Silo.Worker;

/// <summary>The worker role of a silo.</summary>
internal sealed class WorkerOptions
{
    /// <summary>Videos processed at the same time.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 2;

    /// <summary>Times that a worker begins with a video before it fails and its job goes to the dead letters.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Folders to look for ffmpeg and ffprobe in, like PATH; null: PATH itself.</summary>
    public string? ToolPath { get; set; }
}
