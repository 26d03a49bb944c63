using System.Globalization;
using System.Text.RegularExpressions;
using Ingestion.Grains.Silos.Deciding;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>The systemd unit. Nothing starts it here: systemd reads it and rates what it forbids.</summary>
public sealed partial class UnitFileTests
{
    private const string Name = "deploy/systemd/ingestion.service";

    // Of 100, where 0 is nothing to be seen. The unit has 21: the network, users, and JIT-compiled code stay.
    private const int MostExposure = 25;

    private static readonly string _unit = DeployFiles.Read(Name);

    [ProgramFact("systemd-analyze")]
    public async Task Unit_IsValid()
    {
        using var folder = new TempFolder();
        // The program need not be installed where the tests run.
        var file = Path.Combine(folder.Path, "ingestion.service");
        await File.WriteAllTextAsync(file, _unit.Replace("ExecStart=/usr/bin/dotnet", $"ExecStart={Environment.ProcessPath}", StringComparison.Ordinal));
        var run = await ProgramRun.RunAsync("systemd-analyze", "verify", "--man=no", file);
        Assert.True(run is { ExitCode: 0, Error: "" }, run.ToString());
    }

    [ProgramFact("systemd-analyze")]
    public async Task Unit_IsHeldDown()
    {
        var run = await ProgramRun.RunAsync(
            "systemd-analyze", "security", "--no-pager", "--offline=true", $"--threshold={MostExposure}", DeployFiles.PathOf(Name));
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    [Fact]
    public void Silo_HasTimeToDrain_AndFiles()
    {
        var drain = int.Parse(Variables(_unit)["Ingestion__Cluster__DrainSeconds"]!, CultureInfo.InvariantCulture);
        Assert.True(int.Parse(Value("TimeoutStopSec").TrimEnd('s'), CultureInfo.InvariantCulture) >= drain + SiloEnvironment.StopSeconds);
        Assert.True(int.Parse(Value("LimitNOFILE"), CultureInfo.InvariantCulture) >= 65536);
        // A tool that the kernel kills must not take the silo along.
        Assert.Equal("continue", Value("OOMPolicy"));
        Assert.Equal("on-failure", Value("Restart"));
        // Codes of docs/operate/settings.md. A silo that recycles itself (75) fails for systemd, at most so often: the limit of starts is no obstacle.
        var often = int.Parse(Value("StartLimitIntervalSec"), CultureInfo.InvariantCulture)
            / (RecycleRules.LeastUptime.TotalSeconds + int.Parse(Value("RestartSec").TrimEnd('s'), CultureInfo.InvariantCulture));
        Assert.True(often < int.Parse(Value("StartLimitBurst"), CultureInfo.InvariantCulture));
        // A wrong setting.
        Assert.Equal("78", Value("RestartPreventExitStatus"));
    }

    [Fact]
    public void Settings_WouldStartASiloOfACluster()
    {
        var unit = Variables(_unit);
        var example = Commented().Replace(DeployFiles.Read("deploy/systemd/silo.env.example"), "$1")
            .Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#')).Select(line => line.Split('=', 2));
        foreach (var pair in example)
            unit[pair[0]] = pair[1];
        SiloEnvironment.Accepts(unit);
    }

    private static string Value(string name) =>
        _unit.Split('\n').Single(line => line.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    private static Dictionary<string, string?> Variables(string unit) => Variable().Matches(unit)
        .ToDictionary(match => match.Groups[1].Value, match => (string?)match.Groups[2].Value);

    [GeneratedRegex("^Environment=([A-Za-z_]+)=(.*)$", RegexOptions.Multiline)]
    private static partial Regex Variable();

    [GeneratedRegex("^# (Ingestion__)", RegexOptions.Multiline)]
    private static partial Regex Commented();
}
