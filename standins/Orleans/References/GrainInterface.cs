using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>One grain interface: its name and how to make references of it. One instance per interface and process.</summary>
internal sealed class GrainInterface
{
    private static readonly ConcurrentDictionary<Type, Lazy<GrainInterface>> s_known = new();

    private readonly Func<GrainReferenceShared, IdSpan, GrainReference> _newReference;

    private GrainInterface(Type type)
    {
        Type = type;
        InterfaceType = GrainInterfaceType.Create(type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.FullName!);
        _newReference = GrainInterfaceEmitter.Emit(type);
    }

    public Type Type { get; }

    public GrainInterfaceType InterfaceType { get; }

    public static GrainInterface Of(Type type)
    {
        if (!type.IsInterface || !typeof(IAddressable).IsAssignableFrom(type))
            throw new ArgumentException($"{type} is not a grain interface.", nameof(type));

        return s_known.GetOrAdd(type, static key => new(() => new(key))).Value;
    }

    public GrainReference NewReference(GrainReferenceShared shared, IdSpan key) => _newReference(shared, key);

    /// <summary>The methods that can be called: the interface's own and the inherited ones, without object's and static ones.</summary>
    public static IEnumerable<MethodInfo> MethodsOf(Type type) =>
        type.GetInterfaces().Prepend(type).SelectMany(i => i.GetMethods()).Where(method => !method.IsStatic && method.IsAbstract);
}
