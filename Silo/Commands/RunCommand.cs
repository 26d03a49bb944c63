using System.CommandLine;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Settings;

namespace Ingestion.Silo.Commands;

/// <summary><c>[run] [--urls A] [--data DIR] [--roles R] [--environment E] [--verbose] [--Section:Name value]…</c>: runs one silo.</summary>
internal static class RunCommand
{
    public static void Describe(Command command, Func<RunArguments, Task<int>> run)
    {
        var urls = new Option<string>("--urls") { Description = "Addresses to listen on, separated by semicolons. Default: http://127.0.0.1:8080." };
        var data = new Option<string>("--data") { Description = "Folder of everything this silo keeps on disk. Default: ./data." };
        var roles = new Option<string>("--roles") { Description = "What the silo does: api, worker, or both. Default: api,worker." };
        var environment = new Option<string>("--environment") { Description = "Development makes a token key on the first run. Default: Production." };
        var verbose = new Option<bool>("--verbose") { Description = "Prints the stack when the silo cannot start." };
        var others = SettingArguments.Create("--Ingestion:Uploads:MaxFileBytes 1000000");
        foreach (var option in new Option[] { urls, data, roles, environment, verbose })
            command.Options.Add(option);
        command.Arguments.Add(others);
        command.SetAction(parsed => StartErrors.GuardAsync(parsed.GetValue(verbose), start =>
        {
            var settings = SettingArguments.Read(parsed.GetValue(others) ?? [],
                [.. command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)), .. command.Subcommands.Select(child => child.Name)]);
            Set("urls", parsed.GetValue(urls));
            Set($"{KnownSettings.Root}:{nameof(SiloSettings.Data)}", parsed.GetValue(data));
            Set($"{KnownSettings.Root}:{nameof(SiloSettings.Roles)}", parsed.GetValue(roles));
            return run(new RunArguments(settings, parsed.GetValue(environment), start));

            void Set(string path, string? value)
            {
                if (value is not null)
                    settings[path] = value;
            }
        }));
    }
}

/// <summary>The run options of the command line.</summary>
/// <param name="Settings">By path.</param>
/// <param name="Environment">Null: the value of DOTNET_ENVIRONMENT.</param>
/// <param name="Start">Is over once the host has started.</param>
internal sealed record RunArguments(IReadOnlyDictionary<string, string?> Settings, string? Environment, Start Start);
