using System.CommandLine;
using Ingestion.Silo.Check;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Settings;

namespace Ingestion.Silo.Commands;

/// <summary>
/// <c>check [--repair] [--deep] [--json] [--older-than 1h] [--data DIR] [--verbose] [--Section:Name value]…</c>: compares rows with bytes, both ways,
/// with the settings of a silo. Silos may run meanwhile.
/// </summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var repair = new Option<bool>("--repair") { Description = "Puts right what can be without deleting anything." };
        var deep = new Option<bool>("--deep") { Description = "Reads every source for its SHA-256." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON document." };
        var settled = new Option<TimeSpan>("--older-than")
        {
            Description = "Leaves out what changed since then and may be under way: 0, 90s, 15m, 1h. Default: 1h.",
            DefaultValueFactory = _ => TimeSpan.FromHours(1),
            CustomParser = result =>
            {
                if (result.Tokens[0].Value is not "0" and var text && Lifetime.TryParse(text, out var parsed))
                    return parsed;
                if (result.Tokens[0].Value is not "0")
                    result.AddError("--older-than must be 0, or a number with s, m, h or d, like 15m.");
                return TimeSpan.Zero;
            },
        };
        var data = new Option<string?>("--data") { Description = "The silo's data folder. Default: as of run, ./data." };
        var verbose = new Option<bool>("--verbose") { Description = "Prints the stack when it fails." };
        var others = SettingArguments.Create("--Ingestion:Store s3");
        var command = new Command("check", "Compares stored rows with stored bytes, both ways. Exit codes: 0 all is right, 1 something is wrong, "
            + "2 it could not be checked, 3 something is left over.") { repair, deep, json, settled, data, verbose, others };
        command.SetAction(parsed => StartErrors.GuardAsync("check", parsed.GetValue(verbose), () =>
        {
            var arguments = SettingArguments.Read(parsed.GetValue(others) ?? [], [.. command.Options.Select(option => option.Name)]);
            if (parsed.GetValue(data) is { } folder)
                arguments[$"{KnownSettings.Root}:{nameof(SiloSettings.Data)}"] = folder;
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
            var settings = builder.AddSettings(arguments);
            var wishes = new CheckWishes(parsed.GetValue(repair), parsed.GetValue(json), parsed.GetValue(deep), parsed.GetValue(settled));
            return new Checker(settings, builder.Configuration, wishes).RunAsync();
        },
        CheckExit.Unknown));
        return command;
    }
}
