using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Settings;

/// <summary>
/// Compares what is configured with <see cref="KnownSettings"/>, so that an operator sees every mistake at once, before anything is composed.
/// </summary>
internal static class SettingsCheck
{
    /// <summary>Every mistake: one sentence each, without a full stop.</summary>
    public static IReadOnlyList<string> Run(IConfigurationRoot configuration)
    {
        var mistakes = new List<string>(UnknownSettings.Find(configuration));
        var silo = (SiloSettings)Check(KnownSettings.Sections[0], configuration, mistakes);
        foreach (var section in KnownSettings.Sections.Skip(1))
            Check(section, configuration, section.IsUsed(silo) ? mistakes : []);
        return mistakes;
    }

    private static object Check(SettingsSection section, IConfiguration configuration, List<string> mistakes)
    {
        var options = Activator.CreateInstance(section.Type)!;
        var before = mistakes.Count;
        foreach (var setting in section.Settings)
            Check(setting, options, configuration[setting.Path], mistakes);
        // What compares settings with each other makes sense when each of them does.
        if (mistakes.Count == before && options is IValidatableObject whole)
            mistakes.AddRange(whole.Validate(new ValidationContext(options)).Select(result => Sentence(section, result)));
        return options;
    }

    private static void Check(Setting setting, object options, string? text, List<string> mistakes)
    {
        if (text is not null && !TryAssign(setting.Property, options, text))
        {
            mistakes.Add($"{setting.Path} must be {SettingRange.Of(setting.Property)}, not '{text}'");
            return;
        }

        var value = setting.Property.GetValue(options);
        var context = new ValidationContext(options) { MemberName = setting.Property.Name };
        var results = setting.Property.GetCustomAttributes<ValidationAttribute>().Select(attribute => attribute.GetValidationResult(value, context));
        if (results.FirstOrDefault(result => result != ValidationResult.Success) is not { } mistake)
            return;
        if (value is null or "")
            mistakes.Add($"{setting.Path} must be set");
        // A message that names the setting knows better than its range.
        else if (mistake.ErrorMessage!.StartsWith(setting.Path, StringComparison.Ordinal))
            mistakes.Add(mistake.ErrorMessage.TrimEnd('.'));
        else if (SettingRange.Of(setting.Property) is { Length: > 0 } range)
            mistakes.Add($"{setting.Path} must be {range}, not '{text}'");
        else
            mistakes.Add($"{setting.Path}: {mistake.ErrorMessage.TrimEnd('.')}");
    }

    private static bool TryAssign(PropertyInfo property, object options, string text)
    {
        if (!SettingText.TryRead(property.PropertyType, text, out var value))
            return false;
        property.SetValue(options, value);
        return true;
    }

    /// <summary>The message of a class of ours, behind the setting's full name.</summary>
    private static string Sentence(SettingsSection section, ValidationResult result)
    {
        var name = result.MemberNames.FirstOrDefault();
        var message = result.ErrorMessage!.TrimEnd('.');
        if (name is null)
            return $"{section.Path}: {message}";
        // Some messages begin with the name of the property, some continue after it.
        if (message.StartsWith(name, StringComparison.Ordinal))
            return $"{section.Path}:{message}";
        return message.StartsWith("must ", StringComparison.Ordinal) ? $"{section.Path}:{name} {message}" : $"{section.Path}:{name}: {message}";
    }
}
