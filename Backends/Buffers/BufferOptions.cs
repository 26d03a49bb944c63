using System.ComponentModel.DataAnnotations;

namespace Ingestion.Backends.Buffers;

/// <summary>Settings of the buffers that uploads share.</summary>
public sealed class BufferOptions
{
    /// <summary>
    /// What the parts of all uploads may take of memory together, in MiB, and never more than 3/16 of the silo's memory budget. What does not fit waits in the
    /// sockets or in files under the data folder. On top of it each upload may hold a small buffer of 16 KiB.
    /// </summary>
    [Range(1, 1024 * 1024)]
    public int LimitMebibytes { get; set; } = 96;
}
