using System.Globalization;
using System.Net;
using System.Text;

namespace Orleans.Runtime;

/// <summary>The identity of one life of a silo: endpoint and generation. Here the endpoint is a name, nothing listens on it.</summary>
[Immutable]
public sealed class SiloAddress : IEquatable<SiloAddress>, IComparable<SiloAddress>
{
    private static readonly DateTime s_epoch = new(2022, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static int s_lastGeneration;
    private readonly int _hashCode;

    private SiloAddress(IPEndPoint endpoint, int generation)
    {
        Endpoint = endpoint;
        Generation = generation;
        _hashCode = (int)StableHash.Compute(Encoding.UTF8.GetBytes(ToParsableString()));
    }

    public IPEndPoint Endpoint { get; }

    internal int Generation { get; }

    public static SiloAddress New(IPEndPoint ep, int gen)
    {
        ArgumentNullException.ThrowIfNull(ep);
        return new(ep, gen);
    }

    /// <summary>Seconds since 2022, but never the same twice: a silo restarted within a second is another silo.</summary>
    internal static int AllocateNewGeneration()
    {
        var now = (int)(TimeProvider.System.GetUtcNow().UtcDateTime - s_epoch).TotalSeconds;
        int last, next;
        do
        {
            last = Volatile.Read(ref s_lastGeneration);
            next = Math.Max(now, last + 1);
        }
        while (Interlocked.CompareExchange(ref s_lastGeneration, next, last) != last);
        return next;
    }

    public static SiloAddress FromParsableString(string addr)
    {
        var at = addr.LastIndexOf('@');
        var colon = addr.LastIndexOf(':', at < 0 ? 0 : at);
        if (at < 0 || colon < 0)
            throw new FormatException($"Invalid string SiloAddress: {addr}");

        var endpoint = new IPEndPoint(IPAddress.Parse(addr[..colon]), int.Parse(addr[(colon + 1)..at], CultureInfo.InvariantCulture));
        return New(endpoint, int.Parse(addr[(at + 1)..], CultureInfo.InvariantCulture));
    }

    public string ToParsableString() => string.Create(CultureInfo.InvariantCulture, $"{Endpoint.Address}:{Endpoint.Port}@{Generation}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"S{Endpoint}:{Generation}");

    internal int GetConsistentHashCode() => _hashCode;

    public bool Equals(SiloAddress? other) => ReferenceEquals(this, other) || (other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint));

    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    public override int GetHashCode() => _hashCode;

    public int CompareTo(SiloAddress? other) => string.CompareOrdinal(ToParsableString(), other?.ToParsableString());
}
