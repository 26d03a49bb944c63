using Orleans.Runtime;

namespace Orleans;

/// <summary>Identity and references of grains, from inside and outside.</summary>
public static class GrainExtensions
{
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.GrainId,
        IGrainBase { GrainContext: { } context } => context.GrainId,
        IGrainContext context => context.GrainId,
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw new ArgumentException($"{grain.GetType().FullName} is neither a grain nor a grain reference.", nameof(grain)),
    };

    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) => (TGrainInterface)ToReference(grain).Cast(typeof(TGrainInterface));

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    public static long GetPrimaryKeyLong(this IAddressable grain) => grain.GetPrimaryKeyLong(out _);

    public static long GetPrimaryKeyLong(this IAddressable grain, out string? keyExt)
    {
        var id = grain.GetGrainId();
        return id.TryGetIntegerKey(out var key, out keyExt) ? key : throw new InvalidOperationException($"Unable to extract integer key from grain id {id}");
    }

    public static Guid GetPrimaryKey(this IAddressable grain) => grain.GetPrimaryKey(out _);

    public static Guid GetPrimaryKey(this IAddressable grain, out string? keyExt)
    {
        var id = grain.GetGrainId();
        return id.TryGetGuidKey(out var key, out keyExt) ? key : throw new InvalidOperationException($"Unable to extract GUID key from grain id {id}");
    }

    internal static GrainReference ToReference(IAddressable grain) => grain switch
    {
        GrainReference reference => reference,
        IGrainBase { GrainContext: { } context } => context.GrainReference,
        IGrainContext context => context.GrainReference,
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw new ArgumentException($"{grain.GetType().FullName} is neither a grain nor a grain reference.", nameof(grain)),
    };
}
