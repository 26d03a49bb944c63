using System.Text.RegularExpressions;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>Scripts, and the commands that pages show, are read by a shell.</summary>
public sealed partial class ScriptTests
{
    public static TheoryData<string> Scripts =>
        [.. DeployFiles.Names.Where(name => DeployFiles.Read(name).StartsWith("#!/usr/bin/env bash\n", StringComparison.Ordinal))];

    public static TheoryData<string> Pages => [.. DeployFiles.NamesWithPages.Where(name => name.EndsWith(".md", StringComparison.Ordinal))];

    [ProgramTheory("bash")]
    [MemberData(nameof(Scripts))]
    public async Task Script_IsReadByBash(string name)
    {
        var run = await ProgramRun.RunAsync("bash", "-n", DeployFiles.PathOf(name));
        Assert.True(run.ExitCode == 0, run.ToString());
        if (!OperatingSystem.IsWindows())
            Assert.True(File.GetUnixFileMode(DeployFiles.PathOf(name)).HasFlag(UnixFileMode.UserExecute), $"{name} can't be executed");
    }

    [ProgramTheory("bash")]
    [MemberData(nameof(Pages))]
    public async Task Commands_AreReadByBash_OfEveryPage(string name)
    {
        foreach (Match block in Block().Matches(DeployFiles.Read(name)))
        {
            var run = await ProgramRun.RunAsync("bash", "-n", "-c", block.Groups[1].Value);
            Assert.True(run.ExitCode == 0, $"{block.Value}\n{run}");
        }
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
