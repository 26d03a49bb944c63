using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingestion;

/// <summary>
/// The one form of a time in everything that leaves the service: <c>2026-11-26T14:26:39.063Z</c>. Its width is fixed and it sorts like the time; strict
/// parsers refuse fractions of seven digits. What is read is any RFC 3339 time.
/// </summary>
public static class WireTime
{
    /// <summary>Characters of <see cref="Text"/>.</summary>
    public const int Length = 24;

    /// <summary>Its shape as a regular expression.</summary>
    public const string Pattern = @"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$";

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const string ReadFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF";

    // yyyy-MM-ddTHH:mm:ss
    private const int LengthOfSeconds = 19;

    private const int LongestText = 64;

    /// <summary>The time in UTC, cut to milliseconds.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The time as clients see it.</summary>
    public static DateTimeOffset Cut(DateTimeOffset time) => time.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerMillisecond));

    /// <summary>Writes a member that is a time.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset time) => json.WriteString(name, Text(time));

    /// <summary>Reads an RFC 3339 time: any number of fractional digits (what is below 100 ns is cut), any offset, leap seconds.</summary>
    /// <param name="text">The text.</param>
    /// <param name="time">The time, in UTC.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is not { Length: > LengthOfSeconds and <= LongestText } || text[10] is not ('T' or 't' or ' '))
            return false;
        if (!TryReadOffset(text, out var offset, out var end))
            return false;
        var fraction = text.AsSpan(LengthOfSeconds, end - LengthOfSeconds);
        if (fraction is not [] && (fraction is not ['.', _, ..] || fraction[1..].ContainsAnyExceptInRange('0', '9')))
            return false;
        // A leap second is the beginning of the next one: no clock here counts it.
        var isLeap = text.AsSpan(17, 2) is "60";
        var local = string.Concat(text.AsSpan(0, 10), "T", text.AsSpan(11, 6), isLeap ? "59" : text.AsSpan(17, 2));
        local = string.Concat(local, isLeap ? [] : fraction[..Math.Min(fraction.Length, 8)]);
        if (!DateTime.TryParseExact(local, ReadFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed))
            return false;
        var ticks = parsed.Ticks - offset.Ticks + (isLeap ? TimeSpan.TicksPerSecond : 0);
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    // Z, or +hh:mm; up to a day each way, where .NET would take 14 hours.
    private static bool TryReadOffset(string text, out TimeSpan offset, out int end)
    {
        offset = default;
        end = text.Length - 1;
        if (text[^1] is 'Z' or 'z')
            return true;
        end = text.Length - 6;
        if (end < LengthOfSeconds || text[end] is not ('+' or '-') || text[end + 3] is not ':')
            return false;
        if (!int.TryParse(text.AsSpan(end + 1, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || hours > 23
            || !int.TryParse(text.AsSpan(end + 4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || minutes > 59)
            return false;
        offset = new TimeSpan(hours, minutes, 0) * (text[end] is '-' ? -1 : 1);
        return true;
    }
}

/// <summary>Times in JSON bodies, see <see cref="WireTime"/>.</summary>
public sealed class WireTimeConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && WireTime.TryParse(reader.GetString(), out var time) ? time : throw new JsonException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(WireTime.Text(value));
}
