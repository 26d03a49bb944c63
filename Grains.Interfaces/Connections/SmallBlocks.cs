namespace Ingestion.Connections;

/// <summary>
/// Small blocks for what is written to a connection that lasts. What waits for its peer keeps its block: each socket whose client reads late
/// held 32 KiB, in a block made for receiving videos, for a frame of 1 KB. The server asks for both with the same size, so that the one who writes has
/// to say it.
/// </summary>
public static class SmallBlocks
{
    /// <summary>Bytes of a small block.</summary>
    public const int Size = 4 * 1024;

    [ThreadStatic]
    private static int _scopes;

    /// <summary>Blocks that are rented on this thread now are small.</summary>
    public static bool AreWanted => _scopes > 0;

    /// <summary>Up to the end of the scope, on this thread: nothing may be awaited in it. For <paramref name="bytes"/> that fill a small block it does nothing.</summary>
    public static Scope For(int bytes) => new(bytes <= Size);

    /// <summary>See <see cref="For"/>.</summary>
    public readonly ref struct Scope
    {
        private readonly bool _counts;

        internal Scope(bool counts)
        {
            _counts = counts;
            _scopes += counts ? 1 : 0;
        }

        /// <summary>Ends it.</summary>
        public void Dispose() => _scopes -= _counts ? 1 : 0;
    }
}
