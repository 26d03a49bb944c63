using System.Collections.Frozen;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>All grain classes of the process, found in the assemblies that reference this one.</summary>
internal sealed class GrainTypeRegistry
{
    private static readonly Lazy<GrainTypeRegistry> s_ofProcess = new(() => new(ApplicationAssemblies.Find()));

    private readonly FrozenDictionary<GrainType, GrainClass> _classes;
    private readonly ILookup<Type, GrainClass> _byInterface;
    private GrainTypeRegistry(IEnumerable<Assembly> assemblies)
    {
        var classes = assemblies.SelectMany(TypesOf).Where(GrainClass.IsGrainClass).Select(type => new GrainClass(type)).ToList();
        if (classes.GroupBy(c => c.GrainType).FirstOrDefault(g => g.Count() > 1) is { } clash)
            throw new InvalidOperationException($"Several classes are named {clash.Key}: {string.Join(", ", clash.Select(c => c.Type.FullName))}.");

        _classes = classes.ToFrozenDictionary(c => c.GrainType);
        _byInterface = classes.SelectMany(c => c.Interfaces.Select(i => (i, c))).ToLookup(pair => pair.i, pair => pair.c);
    }

    public IEnumerable<GrainClass> All => _classes.Values;

    /// <summary>Scanned once: assemblies of a running process don't change.</summary>
    public static GrainTypeRegistry OfProcess => s_ofProcess.Value;

    public bool TryGet(GrainType type, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GrainClass? grainClass) => _classes.TryGetValue(type, out grainClass);

    /// <summary>The class that serves an interface: the one whose full name starts with the prefix, the only one, or the one named like it.</summary>
    public GrainType Resolve(Type interfaceType, string? prefix)
    {
        var candidates = _byInterface[interfaceType].ToList();
        if (!string.IsNullOrEmpty(prefix))
            candidates = Narrow(candidates, prefix);
        if (candidates.Count == 1)
            return candidates[0].GrainType;
        if (candidates.Count == 0)
            throw new ArgumentException($"Could not find an implementation for interface {interfaceType}" + (prefix is null ? "" : $" and prefix {prefix}"));

        return candidates.Find(c => c.Type.Name == interfaceType.Name[1..])?.GrainType
            ?? throw new ArgumentException($"Unable to identify a single appropriate grain type for interface {interfaceType}. Candidates: {string.Join(", ", candidates.Select(c => c.Type.FullName))}");
    }

    private static List<GrainClass> Narrow(List<GrainClass> candidates, string prefix)
    {
        var exact = candidates.FindAll(c => c.Type.FullName == prefix);
        return exact.Count > 0 ? exact : candidates.FindAll(c => c.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partial)
        {
            // A type whose base is in an absent optional assembly is no grain class.
            return partial.Types.OfType<Type>();
        }
    }
}
