using System.Globalization;
using System.Reflection;
using Ingestion.Grains.Silos;
using Ingestion.Silo.Settings;

namespace Ingestion.Tests.Unit.Settings;

/// <summary>docs/operate/settings.md agrees with the options classes.</summary>
public sealed class SettingsTableTests
{
    private const string None = "–";

    // Never bound: the folder of the file queue follows from the data folder.
    private static readonly string[] _notSettings = ["FileJobQueueOptions"];

    [Fact]
    public void Table_MatchesTheCode_ForEverySetting()
    {
        var rows = Rows().Select(cells => string.Join(" | ", cells.Take(4))).Order(StringComparer.Ordinal);
        var expected = KnownSettings.All.Values.Select(Expected).Order(StringComparer.Ordinal);
        Assert.Equal(string.Join('\n', expected), string.Join('\n', rows));
    }

    [Fact]
    public void Meaning_IsASentence_InEveryRow() => Assert.All(Rows(), cells => Assert.EndsWith(".", cells[4].TrimEnd('`'), StringComparison.Ordinal));

    [Fact]
    public void Section_IsKnown_OfEveryOptionsClass()
    {
        Assembly[] product = [typeof(Program).Assembly, typeof(Api.IngestionApi).Assembly, typeof(Backends.Buffers.BufferOptions).Assembly,
            typeof(MemoryOptions).Assembly, typeof(MediaId).Assembly];
        var classes = product.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsClass && type.Name.EndsWith("Options", StringComparison.Ordinal))
            .Select(type => type.Name);
        Assert.Empty(classes.Except(_notSettings).Except(KnownSettings.Sections.Select(section => section.Type.Name)));
    }

    private static string Expected(Setting setting) =>
        string.Join(" | ", $"`{setting.Path}`", Default(setting.Default), SettingRange.Of(setting.Property) is { Length: > 0 } range ? range : None,
            Unit(setting.Property.Name));

    private static string Default(object? value) => value switch
    {
        null or "" => None,
        bool b => b ? "`true`" : "`false`",
        _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    private static string Unit(string name)
    {
        (string Part, string Unit)[] units = [("BytesPerSecond", "bytes/s"), ("PerSecond", "1/s"), ("Mebibytes", "MiB"), ("Bytes", "bytes"), ("Seconds", "s"),
            ("Hours", "h"), ("Days", "days")];
        return units.FirstOrDefault(unit => name.Contains(unit.Part, StringComparison.Ordinal)).Unit ?? None;
    }

    private static List<string[]> Rows() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "settings.md")).Where(line => line.StartsWith("| `Ingestion:", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | "))];
}
