using System.ComponentModel;
using System.Globalization;

namespace Ingestion.Silo.Settings;

/// <summary>Values of settings as text.</summary>
internal static class SettingText
{
    /// <summary>Reads a value; false where it is none of this type.</summary>
    public static bool TryRead(Type type, string text, out object? value)
    {
        try
        {
            value = type == typeof(string) ? text : TypeDescriptor.GetConverter(type).ConvertFrom(null, CultureInfo.InvariantCulture, text);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            value = null;
            return false;
        }
    }

    /// <summary>As a settings file would have it.</summary>
    public static string Of(object? value) => value is bool b ? (b ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
