namespace Ingestion.Api.Http.Connections;

/// <summary>How many connections a silo can hold: pure.</summary>
internal static class ConnectionRules
{
    /// <summary>
    /// What a silo has open without any client: its assemblies, its listeners, its state and its links to other silos (about 350), and room for more.
    /// </summary>
    public const int OwnFiles = 450;

    /// <summary>Fewer are of no use.</summary>
    public const int Fewest = 64;

    // Beside its connection an upload holds a file or a connection to the store. No silo writes more of them at once.
    private const int MostUploadFiles = 8_192;

    /// <summary>
    /// The limits. A setting can only lower what the files allow: the runtime needs a file to start a thread, and ends the process where it gets none.
    /// </summary>
    /// <param name="openFiles">Files that the process may have open; null: unknown or unlimited.</param>
    /// <param name="max">The setting for all connections: null or 0, or its number.</param>
    /// <param name="maxLasting">The setting for lasting ones: null, or its number (0: no limit).</param>
    public static ConnectionLimits Of(long? openFiles, int? max, int? maxLasting)
    {
        var wanted = max is null or 0 ? int.MaxValue : max.Value;
        var all = Math.Min(wanted, openFiles is { } files ? Fitting(files) : int.MaxValue);
        if (all == int.MaxValue)
            all = 0;
        return new ConnectionLimits(all, maxLasting ?? (int)(all * 9L / 10));
    }

    /// <summary>Of what is left beside the silo's own files a third is for uploads, as far as they can use it.</summary>
    private static int Fitting(long openFiles)
    {
        var left = openFiles - OwnFiles;
        return (int)Math.Clamp(left - Math.Min(left / 3, MostUploadFiles), Fewest, 10_000_000);
    }
}

/// <summary>How many connections there may be.</summary>
/// <param name="Max">In all; 0: no limit.</param>
/// <param name="MaxLasting">Of them, WebSockets and event streams; 0: no limit.</param>
internal readonly record struct ConnectionLimits(int Max, int MaxLasting);
