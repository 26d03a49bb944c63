namespace Orleans.Runtime;

/// <summary>A hash that is the same in every process (FNV-1a). Orleans uses another one; nothing may depend on its values.</summary>
internal static class StableHash
{
    public static uint Compute(ReadOnlySpan<byte> data, uint seed = 2166136261)
    {
        var hash = seed;
        foreach (var b in data)
            hash = (hash ^ b) * 16777619;

        return hash;
    }
}
