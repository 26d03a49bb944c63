namespace Orleans.Runtime;

/// <summary>The identity of a grain: <c>type/key</c>.</summary>
[Immutable]
public readonly struct GrainId : IEquatable<GrainId>
{
    internal GrainId(GrainType type, IdSpan key)
    {
        Type = type;
        Key = key;
    }

    public GrainType Type { get; }

    public IdSpan Key { get; }

    public static GrainId Create(string type, string key) => new(GrainType.Create(type), IdSpan.Create(key));

    public static GrainId Parse(string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? Create(value[..slash], value[(slash + 1)..]) : throw new ArgumentException($"Unable to parse \"{value}\" as a grain id");
    }

    public bool Equals(GrainId other) => Key.Equals(other.Key) && Type.Equals(other.Type);

    public override bool Equals(object? obj) => obj is GrainId other && Equals(other);

    public override int GetHashCode() => unchecked((Type.GetHashCode() * 397) ^ Key.GetHashCode());

    public override string ToString() => $"{Type}/{Key}";

    public static bool operator ==(GrainId left, GrainId right) => left.Equals(right);

    public static bool operator !=(GrainId left, GrainId right) => !left.Equals(right);

    internal static GrainId Create(GrainType type, string key) => new(type, IdSpan.Create(key));

    internal static GrainId Create(GrainType type, IdSpan key) => new(type, key);

    internal uint GetUniformHashCode() => unchecked((uint)GetHashCode());
}
