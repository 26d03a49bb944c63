namespace Ingestion.Backends.Media;

/// <summary>
/// MPEG transport streams (ISO/IEC 13818-1, 2.4.3.2) by the distance of their sync bytes: plain, with the time code of AVCHD and Blu-ray before each
/// packet, and with the check bytes of DVB behind it. A recording may begin anywhere within a packet.
/// </summary>
internal static class TransportStreams
{
    private const byte Sync = 0x47;

    // At its usual place a few prove it. Anywhere else there are hundreds of places to try, so it takes more.
    private const int Few = 3;
    private const int Many = 8;

    private static readonly (int Size, int Usual)[] _packets = [(188, 0), (192, 4), (204, 0)];

    public static bool IsOne(ReadOnlySpan<byte> start)
    {
        foreach (var (size, usual) in _packets)
        {
            if (Holds(start, usual, size, Few))
                return true;
        }

        foreach (var (size, _) in _packets)
        {
            for (var first = 0; first < Math.Min(size, start.Length); first++)
            {
                if (Holds(start, first, size, Many))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether there is a packet's head at each distance, and as many as are wanted.</summary>
    private static bool Holds(ReadOnlySpan<byte> start, int first, int size, int wanted)
    {
        var count = 0;
        for (var at = first; at + 3 < start.Length; at += size, count++)
        {
            // A packet has a payload, an adaptation field, or both.
            if (start[at] != Sync || (start[at + 3] & 0x30) == 0)
                return false;
        }

        return count >= wanted;
    }
}
