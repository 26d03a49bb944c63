namespace Orleans.Runtime;

/// <summary>The name of a grain class.</summary>
[Immutable]
public readonly struct GrainType : IEquatable<GrainType>
{
    internal GrainType(IdSpan id) => Value = id;

    internal IdSpan Value { get; }

    internal static GrainType Create(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        return new(IdSpan.Create(value));
    }

    public bool Equals(GrainType obj) => Value.Equals(obj.Value);

    public override bool Equals(object? obj) => obj is GrainType other && Equals(other);

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Value.ToString();

    public static bool operator ==(GrainType left, GrainType right) => left.Equals(right);

    public static bool operator !=(GrainType left, GrainType right) => !left.Equals(right);
}

/// <summary>The name of a grain interface.</summary>
[Immutable]
internal readonly struct GrainInterfaceType : IEquatable<GrainInterfaceType>
{
    public GrainInterfaceType(string value) => Value = IdSpan.Create(value);

    public IdSpan Value { get; }

    public static GrainInterfaceType Create(string value) => new(value);

    public bool Equals(GrainInterfaceType other) => Value.Equals(other.Value);

    public override bool Equals(object? obj) => obj is GrainInterfaceType other && Equals(other);

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Value.ToString();

    public static bool operator ==(GrainInterfaceType left, GrainInterfaceType right) => left.Equals(right);

    public static bool operator !=(GrainInterfaceType left, GrainInterfaceType right) => !left.Equals(right);
}
