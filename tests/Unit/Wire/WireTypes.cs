using System.Reflection;
using Ingestion.Grains.Videos;
using Ingestion.Videos;
using Orleans.Services;

namespace Ingestion.Tests.Unit.Wire;

/// <summary>What crosses grain interfaces, found by reflection.</summary>
internal static class WireTypes
{
    private static readonly Assembly[] _own = [typeof(IVideoGrain).Assembly, typeof(VideoGrain).Assembly];

    private static readonly Type[] _roots = [typeof(IGrain), typeof(IGrainObserver), typeof(IGrainService)];

    public static IReadOnlyList<Type> Interfaces { get; } =
        [.. _own.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsInterface && _roots.Any(root => root.IsAssignableFrom(type)))
            .OrderBy(NameOf, StringComparer.Ordinal)];

    /// <summary>Our own types among parameters and results, with the types of their members, and theirs.</summary>
    public static IReadOnlyList<Type> Records { get; } = Find();

    public static IEnumerable<MethodInfo> MethodsOf(Type grainInterface) => grainInterface.GetMethods().OrderBy(method => method.Name, StringComparer.Ordinal);

    /// <summary>The members that the serialiser must carry: the settable ones.</summary>
    public static IEnumerable<PropertyInfo> MembersOf(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(property => property.SetMethod is not null);

    /// <summary>Without namespaces of .NET, with those of ours, and with nullability of value types.</summary>
    public static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return NameOf(value) + "?";
        if (type.IsArray)
            return NameOf(type.GetElementType()!) + "[]";
        if (!type.IsGenericType)
            return type.Namespace?.StartsWith("Ingestion", StringComparison.Ordinal) is true ? type.FullName! : type.Name;
        return $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }

    private static List<Type> Find()
    {
        var found = new HashSet<Type>();
        var open = new Queue<Type>(Interfaces.SelectMany(MethodsOf)
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)));
        while (open.TryDequeue(out var type))
        {
            foreach (var part in type.IsGenericType ? type.GetGenericArguments() : type.HasElementType ? [type.GetElementType()!] : [])
                open.Enqueue(part);
            if (!_own.Contains(type.Assembly) || type.IsInterface || !found.Add(type))
                continue;
            foreach (var member in MembersOf(type))
                open.Enqueue(member.PropertyType);
        }

        return [.. found.OrderBy(NameOf, StringComparer.Ordinal)];
    }
}
