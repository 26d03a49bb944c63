using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Storage;

/// <summary>
/// Copies a grain's state field by field, as serializing it would: a change that was not written is not stored.
/// Types marked [Immutable] and those known not to change are shared.
/// </summary>
internal static class StateCopier
{
    private static readonly ConcurrentDictionary<Type, bool> s_isShared = new();
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = new();

    public static T? Copy<T>(T? state) => (T?)Copy(state, new(ReferenceEqualityComparer.Instance));

    private static object? Copy(object? value, Dictionary<object, object> copies)
    {
        if (value is null || IsShared(value.GetType()))
            return value;
        if (copies.TryGetValue(value, out var known))
            return known;

        return value switch
        {
            Array array => CopyArray(array, copies),
            // Their buckets depend on hash codes that copies may not have; filling a new one is right for every key.
            IDictionary dictionary when dictionary.GetType().GetConstructor([]) is { } make => CopyDictionary(dictionary, (IDictionary)make.Invoke(null), copies),
            _ => CopyFields(value, copies),
        };
    }

    private static Array CopyArray(Array array, Dictionary<object, object> copies)
    {
        var copy = (Array)array.Clone();
        copies[array] = copy;
        if (array.Rank == 1 && !IsShared(array.GetType().GetElementType()!))
        {
            for (var i = 0; i < copy.Length; i++)
                copy.SetValue(Copy(copy.GetValue(i), copies), i);
        }

        return copy;
    }

    private static IDictionary CopyDictionary(IDictionary dictionary, IDictionary copy, Dictionary<object, object> copies)
    {
        copies[dictionary] = copy;
        foreach (DictionaryEntry entry in dictionary)
            copy[Copy(entry.Key, copies)!] = Copy(entry.Value, copies);
        return copy;
    }

    private static object CopyFields(object value, Dictionary<object, object> copies)
    {
        var type = value.GetType();
        var copy = RuntimeHelpers.GetUninitializedObject(type);
        if (!type.IsValueType)
            copies[value] = copy;
        foreach (var field in s_fields.GetOrAdd(type, FieldsOf))
            field.SetValue(copy, Copy(field.GetValue(value), copies));
        return copy;
    }

    private static FieldInfo[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
            fields.AddRange(level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        return [.. fields];
    }

    private static bool IsShared(Type type) => s_isShared.GetOrAdd(type, static type =>
        type.IsPrimitive
        || type.IsEnum
        || type == typeof(string)
        || type.IsDefined(typeof(ImmutableAttribute), inherit: false)
        || typeof(Delegate).IsAssignableFrom(type)
        || typeof(Type).IsAssignableFrom(type)
        || typeof(Runtime.GrainReference).IsAssignableFrom(type)
        || (type.Namespace == "System" && type.IsValueType && !type.IsGenericType)
        || type.Namespace == typeof(ImmutableArray).Namespace
        || type.FullName is "System.Uri" or "System.Version");
}
