using System.Reflection;

namespace Orleans.Runtime;

/// <summary>
/// The assemblies that may hold grains: this one and those that reference it, loaded or referenced by something loaded.
/// Orleans' source generator writes the same list into each assembly.
/// </summary>
internal static class ApplicationAssemblies
{
    public static IReadOnlyCollection<Assembly> Find()
    {
        var own = typeof(GrainTypeRegistry).Assembly;
        var found = new HashSet<Assembly> { own };
        var seen = new HashSet<string>();
        var queue = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(IsApplication));
        while (queue.TryDequeue(out var assembly))
        {
            if (!seen.Add(assembly.FullName!))
                continue;

            var references = assembly.GetReferencedAssemblies();
            if (references.Any(reference => reference.Name == own.GetName().Name))
                found.Add(assembly);
            foreach (var reference in references.Where(reference => !IsPlatform(reference.Name!)))
            {
                if (TryLoad(reference) is { } loaded)
                    queue.Enqueue(loaded);
            }
        }

        return found;
    }

    private static bool IsApplication(Assembly assembly) => !assembly.IsDynamic && !IsPlatform(assembly.GetName().Name!);

    // Not loading the framework's assemblies one by one is worth a name check.
    private static bool IsPlatform(string name) =>
        name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal) || name is "netstandard" or "mscorlib";

    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception absent) when (absent is IOException or BadImageFormatException)
        {
            return null;
        }
    }
}
