using System.ComponentModel.DataAnnotations;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>Settings of the queue in a folder of this process.</summary>
public sealed class FileJobQueueOptions
{
    /// <summary>The folder of the journal and the dead letters. One process owns it at a time.</summary>
    [Required]
    public string Path { get; set; } = "data/jobs";

    /// <summary>How long a receiver waits for a job before it gets an empty answer, in seconds.</summary>
    [Range(0, 20)]
    public int PollSeconds { get; set; } = 20;
}
