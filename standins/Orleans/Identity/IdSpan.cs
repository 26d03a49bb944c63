using System.Text;

namespace Orleans.Runtime;

/// <summary>A name as UTF-8 bytes, with its hash computed once.</summary>
[Immutable]
public readonly struct IdSpan : IEquatable<IdSpan>
{
    private readonly byte[]? _value;
    private readonly int _hashCode;

    internal IdSpan(byte[] value)
    {
        _value = value;
        _hashCode = (int)StableHash.Compute(value);
    }

    internal bool IsDefault => _value is null || _value.Length == 0;

    internal static IdSpan Create(string id) => new(Encoding.UTF8.GetBytes(id));

    internal ReadOnlySpan<byte> AsSpan() => _value;

    public bool Equals(IdSpan obj) =>
        _hashCode == obj._hashCode && (ReferenceEquals(_value, obj._value) || AsSpan().SequenceEqual(obj.AsSpan()));

    public override bool Equals(object? obj) => obj is IdSpan other && Equals(other);

    public override int GetHashCode() => _hashCode;

    public override string ToString() => _value is null ? "" : Encoding.UTF8.GetString(_value);

    public static bool operator ==(IdSpan left, IdSpan right) => left.Equals(right);

    public static bool operator !=(IdSpan left, IdSpan right) => !left.Equals(right);
}
