using System.CommandLine;

namespace Ingestion.Silo.Commands;

/// <summary>The commands of the executable: <c>run</c>, which is also what happens without one, <c>token</c>, <c>migrate</c>, <c>check</c> and <c>doctor</c>.</summary>
internal static class CommandLine
{
    /// <summary>Runs the command of the arguments; returns the exit code.</summary>
    public static Task<int> InvokeAsync(string[] args, Func<RunArguments, Task<int>> run)
    {
        var root = new RootCommand("Ingests videos and publishes their status live. Without a command it runs one silo.");
        RunCommand.Describe(root, run);
        var explicitRun = new Command("run", "Runs one silo. The default.");
        RunCommand.Describe(explicitRun, run);
        root.Subcommands.Add(explicitRun);
        root.Subcommands.Add(TokenCommand.Create());
        root.Subcommands.Add(MigrateCommand.Create());
        root.Subcommands.Add(CheckCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        foreach (var command in root.Subcommands)
            command.Options.Add(new VersionOption());

        // The host handles Ctrl-C and SIGTERM by itself, and an argument may begin with @.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }
}
