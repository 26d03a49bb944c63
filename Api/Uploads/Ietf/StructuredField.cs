using Microsoft.Extensions.Primitives;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>
/// Structured field values (RFC 9651), as much of them as uploads need, and exactly: what is not of the wanted type is no value at all.
/// Parameters are read and passed over, as nothing here defines any.
/// </summary>
internal static class StructuredField
{
    /// <summary>An Integer that is not negative.</summary>
    public static bool TryReadInteger(StringValues values, out long number)
    {
        var reader = new StructuredFieldReader(Joined(values));
        var item = reader.ReadItem();
        number = item?.Number ?? 0;
        return reader.IsAtEnd && item is { Type: BareItemType.Integer, Number: >= 0 };
    }

    /// <summary>A Boolean: <c>?1</c> or <c>?0</c>.</summary>
    public static bool TryReadBoolean(StringValues values, out bool flag)
    {
        var reader = new StructuredFieldReader(Joined(values));
        var item = reader.ReadItem();
        flag = item?.Number == 1;
        return reader.IsAtEnd && item is { Type: BareItemType.Boolean };
    }

    /// <summary>A Dictionary whose members are Byte Sequences; of a key that comes twice the last one counts.</summary>
    public static bool TryReadByteSequences(StringValues values, out IReadOnlyDictionary<string, byte[]> members)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        members = found;
        var reader = new StructuredFieldReader(Joined(values));
        while (reader.ReadMember() is var (key, item))
        {
            if (item.Bytes is null)
                return false;
            found[key] = item.Bytes;
        }

        return reader.IsAtEnd && found.Count > 0;
    }

    /// <summary>A field that comes in several lines is one list.</summary>
    private static string Joined(StringValues values) => string.Join(", ", values.ToArray());
}
