namespace Orleans.Runtime;

/// <summary>The name of a stream: a namespace and a key.</summary>
[Immutable]
public readonly struct StreamId : IEquatable<StreamId>
{
    private readonly IdSpan _namespace;
    private readonly IdSpan _key;

    private StreamId(IdSpan ns, IdSpan key)
    {
        _namespace = ns;
        _key = key;
    }

    internal IdSpan KeySpan => _key;

    public static StreamId Create(string? ns, string key) => new(string.IsNullOrEmpty(ns) ? default : IdSpan.Create(ns), IdSpan.Create(key));

    public string GetKeyAsString() => _key.ToString();

    internal string? GetNamespace() => _namespace.IsDefault ? null : _namespace.ToString();

    public bool Equals(StreamId other) => _key.Equals(other._key) && _namespace.Equals(other._namespace);

    public override bool Equals(object? obj) => obj is StreamId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_namespace, _key);

    public override string ToString() => $"{GetNamespace() ?? "null"}/{_key}";

    public static bool operator ==(StreamId s1, StreamId s2) => s1.Equals(s2);

    public static bool operator !=(StreamId s1, StreamId s2) => !s1.Equals(s2);
}
