using System.CommandLine;
using Ingestion.Silo.Doctor;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Settings;

namespace Ingestion.Silo.Commands;

/// <summary>
/// <c>doctor [--json] [--urls A] [--data DIR] [--roles R] [--verbose] [--Section:Name value]…</c>: looks at all that a silo with these settings needs, before one
/// is started or beside it, and says what to do.
/// </summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Prints one JSON document." };
        var urls = new Option<string?>("--urls") { Description = "Addresses that the silo is to listen on. Default: as of run." };
        var data = new Option<string?>("--data") { Description = "The silo's data folder. Default: as of run, ./data." };
        var roles = new Option<string?>("--roles") { Description = "What the silo is to do: api, worker, or both. Default: as of run." };
        var verbose = new Option<bool>("--verbose") { Description = "Prints the stack when it fails." };
        var others = SettingArguments.Create("--Ingestion:Store s3");
        var command = new Command("doctor", "Looks at all that a silo needs: settings, folder, limits, ports, keys, tools, database, store, queue. "
            + "Exit codes: 0 a silo can run, 1 something is wrong, 78 a setting is.") { json, urls, data, roles, verbose, others };
        command.SetAction(parsed => StartErrors.GuardAsync("examine", parsed.GetValue(verbose), () =>
        {
            var arguments = SettingArguments.Read(parsed.GetValue(others) ?? [], [.. command.Options.Select(option => option.Name)]);
            foreach (var (path, value) in (ReadOnlySpan<(string, string?)>)[
                (WebHostDefaults.ServerUrlsKey, parsed.GetValue(urls)), ($"{KnownSettings.Root}:{nameof(SiloSettings.Data)}", parsed.GetValue(data)),
                ($"{KnownSettings.Root}:{nameof(SiloSettings.Roles)}", parsed.GetValue(roles))])
            {
                if (value is not null)
                    arguments[path] = value;
            }

            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
            var settings = builder.AddSettings(arguments);
            return DoctorRun.RunAsync(builder, settings, parsed.GetValue(json));
        }));
        return command;
    }
}
