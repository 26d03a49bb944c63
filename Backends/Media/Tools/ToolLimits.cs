namespace Ingestion.Backends.Media.Tools;

/// <summary>Bounds of a run that need no tuning.</summary>
internal static class ToolLimits
{
    /// <summary>ffmpeg opens its libraries one after the other, then the source.</summary>
    public const int OpenFiles = 64;

    /// <summary>Standard error that ends a run: a damaged file makes hundreds of lines, not megabytes.</summary>
    public const int LongestErrors = 1024 * 1024;

    /// <summary>Standard error that is kept.</summary>
    public const int KeptErrors = 4096;

    /// <summary>How often a run is looked at.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>A supervisor that has not ended its tool by then is killed itself.</summary>
    public static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(3);

    /// <summary>For what a tool has printed to arrive after its end; later ones are held open by a process that it left behind.</summary>
    public static readonly TimeSpan DrainGrace = TimeSpan.FromSeconds(1);
}
