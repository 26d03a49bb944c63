namespace Orleans.Runtime;

/// <summary>Values that travel with a call and everything it calls. Nothing travels back.</summary>
public static class RequestContext
{
    private const string ReentrancyKey = "#CCR";

    // Dictionaries in here are never changed: each Set makes a new one, so that a call can keep the one it was sent with.
    private static readonly AsyncLocal<Dictionary<string, object>?> s_values = new();

    internal static Guid ReentrancyId
    {
        get => Get(ReentrancyKey) is Guid id ? id : Guid.Empty;
        set
        {
            if (value == Guid.Empty)
                Remove(ReentrancyKey);
            else
                Set(ReentrancyKey, value);
        }
    }

    public static object? Get(string key) => s_values.Value is { } values && values.TryGetValue(key, out var value) ? value : null;

    public static void Set(string key, object value) =>
        s_values.Value = s_values.Value is { } values ? new(values) { [key] = value } : new(1) { [key] = value };

    public static bool Remove(string key)
    {
        if (s_values.Value is not { } values || !values.ContainsKey(key))
            return false;

        var rest = new Dictionary<string, object>(values);
        rest.Remove(key);
        s_values.Value = rest.Count == 0 ? null : rest;
        return true;
    }

    public static void Clear()
    {
        if (s_values.Value is not null)
            s_values.Value = null;
    }

    /// <summary>Until disposed, calls that come back to this grain from what it calls run at once instead of waiting for this call's end.</summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        return new(original, original == Guid.Empty ? Guid.NewGuid() : original);
    }

    internal static Dictionary<string, object>? Snapshot() => s_values.Value;

    internal static void Import(Dictionary<string, object>? values) => s_values.Value = values;

    internal static Guid ReentrancyIdOf(Dictionary<string, object>? values) =>
        values is not null && values.TryGetValue(ReentrancyKey, out var value) && value is Guid id ? id : Guid.Empty;

    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _original;
        private readonly Guid _entered;

        internal ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            _original = originalReentrancyId;
            _entered = newReentrancyId;
            if (_entered != _original)
                ReentrancyId = _entered;
            if (_entered != Guid.Empty)
                (RuntimeContext.Current as Activation)?.EnterReentrantSection(_entered);
        }

        public void Dispose()
        {
            if (_entered != Guid.Empty)
                (RuntimeContext.Current as Activation)?.ExitReentrantSection(_entered);
            if (_entered != _original)
                ReentrancyId = _original;
        }
    }
}

/// <summary>Whose turn the current thread runs.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static IGrainContext? t_current;

    public static IGrainContext? Current
    {
        get => t_current;
        set => t_current = value;
    }
}
