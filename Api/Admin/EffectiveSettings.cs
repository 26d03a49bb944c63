namespace Ingestion.Api.Admin;

/// <summary>What the silo runs with, as its host has read it at the start.</summary>
/// <param name="Items">Every setting, by name.</param>
public sealed record EffectiveSettings(IReadOnlyList<EffectiveSetting> Items);

/// <summary>One setting.</summary>
/// <param name="Name">Such as <c>Ingestion:Uploads:MaxFileBytes</c>.</param>
/// <param name="Value">Null where it is not set, or not shown.</param>
/// <param name="Hidden">It is set, and not shown.</param>
/// <param name="Source">Where the value is from.</param>
public sealed record EffectiveSetting(string Name, string? Value, bool Hidden, SettingSource Source);

/// <summary>Where the value of a setting is from.</summary>
public enum SettingSource
{
    /// <summary>It is set nowhere.</summary>
    Default,

    /// <summary>A settings file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>The command line.</summary>
    CommandLine,
}
