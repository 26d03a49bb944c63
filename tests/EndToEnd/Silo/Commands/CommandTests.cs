namespace Ingestion.Tests.EndToEnd.Silo.Commands;

/// <summary><c>--help</c> and <c>--version</c> of every command start nothing and write nothing.</summary>
public sealed class CommandTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("token", "--help")]
    [InlineData("-h")]
    public async Task PrintsItsUsage_ForHelp(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
        Assert.Contains("--data", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("run", "--version")]
    [InlineData("token", "--version")]
    [InlineData("migrate", "--version")]
    public async Task PrintsTheVersionAlone_ForVersion(params string[] arguments) =>
        Assert.Matches(@"^\d+\.\d+\.\d+\n\z", (await RunAsync(arguments)).Output);

    private static async Task<Finished> RunAsync(string[] arguments)
    {
        using var folder = new TempFolder();
        var start = Executable.Silo(arguments);
        start.WorkingDirectory = folder.Path;
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        var run = await Executable.RunAsync(start);
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        return run;
    }
}
