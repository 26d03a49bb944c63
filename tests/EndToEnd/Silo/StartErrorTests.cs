using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>What stops a start: one sentence on the standard error, an exit code, no stack.</summary>
public sealed class StartErrorTests : IDisposable
{
    private const int WrongSetting = 78;
    private const int SomethingInTheWay = 1;

    private readonly TempFolder _folder = new();

    private string Data => Path.Combine(_folder.Path, "data");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(
        "Uploads__MaxFileByte", "5",
        "Ingestion:Uploads:MaxFileByte is not a setting (environment variable Ingestion__Uploads__MaxFileByte); did you mean Ingestion:Uploads:MaxFileBytes?")]
    [InlineData(
        "ObjectStore__Kind", "s3",
        "Ingestion:ObjectStore:Kind is not a setting (environment variable Ingestion__ObjectStore__Kind); did you mean Ingestion:Store?")]
    [InlineData("Worker__Concurrency", "0", "Ingestion:Worker:Concurrency must be from 1 to 64, not '0'.")]
    [InlineData("Token__Key", "short", "The setting Ingestion:Token:Key must be base64 of at least 32 bytes.")]
    [InlineData("Cluster__Kind", "postgres", "Ingestion:Cluster:ConnectionString must be set when Ingestion:Cluster:Kind is postgres.")]
    public async Task NamesTheSetting_WhenOneIsWrong(string name, string value, string sentence)
    {
        var run = await RunAsync([], (name, value));
        Refused(run, WrongSetting, sentence);
        Assert.Contains("docs/operate/settings.md", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Ingestion:Uplods:MaxFileBytes=5",
        "Ingestion:Uplods:MaxFileBytes is not a setting (command line); did you mean Ingestion:Uploads:MaxFileBytes?")]
    [InlineData("--dta=/tmp", "--dta is not an option; did you mean --data?")]
    [InlineData("toke", "toke is not an option; did you mean token?")]
    [InlineData("--Ingestion:Token:Key=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "Ingestion:Token:Key is a secret")]
    public async Task NamesTheArgument_WhenOneIsUnknown(string argument, string sentence) => Refused(await RunAsync([argument]), WrongSetting, sentence);

    [Theory]
    [InlineData("AdvertisedAddress", "203.0.113.9", "Ingestion:Cluster:AdvertisedAddress is 203.0.113.9, and this machine does not have that address")]
    [InlineData("AdvertisedAddress", "0.0.0.0", "Ingestion:Cluster:AdvertisedAddress is 0.0.0.0, which other silos can't reach")]
    [InlineData("AdvertisedAddress", "no-interface", "Ingestion:Cluster:AdvertisedAddress is 'no-interface', which is no address, no network interface")]
    [InlineData("ListenAddress", "203.0.113.9", "Ingestion:Cluster:ListenAddress is 203.0.113.9, and this machine does not have that address")]
    [InlineData("ListenAddress", "0.0.0.0", "this silo would listen to others at 0.0.0.0 in the clear, ")]
    [InlineData("OneSilo", "false", "other silos, which do not see the files of Ingestion:Store=file and Ingestion:Queue=file")]
    public async Task NamesTheSetting_WhenASiloOfAClusterCannotBeFoundOrDoesNotShare(string name, string value, string sentence)
    {
        var settings = new Dictionary<string, string>
        {
            ["Kind"] = "postgres", ["ConnectionString"] = "Host=127.0.0.1", ["AdvertisedAddress"] = "127.0.0.1", ["OneSilo"] = "true", [name] = value,
        };
        Refused(await RunAsync([], [.. settings.Select(setting => ($"Cluster__{setting.Key}", setting.Value))]), WrongSetting, sentence);
    }

    [Fact]
    public async Task NamesTheSetting_WhenAddressesShouldLeadToAStoreThatGivesNone() =>
        Refused(await RunAsync([], ("Links__Direct", "true")), WrongSetting, "Ingestion:Links:Direct needs the object store s3");

    [Fact]
    public async Task NamesEachMistake_WhenThereAreSeveral()
    {
        var run = await RunAsync(["--Ingestion:Sockets:PingSeconds", "0"], ("Uplods__MaxFileBytes", "5"), ("Store", "disk"));
        Assert.Equal(WrongSetting, run.ExitCode);
        Assert.Equal(3, Lines(run.Error).Count(line => line.StartsWith("ingestion: cannot start: Ingestion:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task NamesTheAddress_WhenItsPortIsTaken()
    {
        using var taken = Listen();
        var run = await RunAsync(["--urls", $"http://127.0.0.1:{PortOf(taken)}"]);
        Refused(run, SomethingInTheWay, $"http://127.0.0.1:{PortOf(taken)} cannot be listened on");
        Assert.Contains("--urls", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NamesTheSetting_WhenTheSiloPortIsTaken()
    {
        using var taken = Listen();
        Refused(await RunAsync([], ("Cluster__SiloPort", $"{PortOf(taken)}")), SomethingInTheWay, "Ingestion:Cluster:SiloPort");
    }

    [Fact]
    public async Task SecondSiloIsRefusedAndTheFirstKeepsRunning_WhenTheyAreToShareASiloPort()
    {
        var port = $"{Ports.Next()}";
        await using var silo = await SiloProcess.StartAsync(data: null, ("Cluster__SiloPort", port));
        Refused(await RunAsync([], ("Cluster__SiloPort", port)), SomethingInTheWay, "Ingestion:Cluster:SiloPort");
        using var api = silo.As("alice");
        await api.UploadToReadyAsync(Samples.Mp4);
    }

    [Fact]
    public async Task IsRefused_WhenTheSiloPortIsThatOfTheAddress()
    {
        var port = Ports.Next();
        Refused(await RunAsync(["--urls", $"http://127.0.0.1:{port}"], ("Cluster__SiloPort", $"{port}")), WrongSetting, "Ingestion:Cluster:SiloPort");
    }

    [Fact]
    public async Task NamesTheKey_WhenProductionHasNone() => Refused(await RunAsync(["--environment", "Production"]), WrongSetting, "Ingestion:Token:KeyFile");

    [Fact]
    public async Task NamesTheFolder_WhenItIsAFile()
    {
        await File.WriteAllTextAsync(Data, "no folder");
        Refused(await RunAsync([]), SomethingInTheWay, $"'{Data}' is a file");
    }

    [Fact]
    public async Task NamesTheFolder_WhenItCannotBeWritten() =>
        Refused(await RunAsync(["--data", "/proc/nope"]), SomethingInTheWay, "'/proc/nope' cannot be written");

    [Fact]
    public async Task PrintsTheStack_WhenItIsToBeVerbose()
    {
        var run = await RunAsync(["--data", "/proc/nope", "--verbose"]);
        Assert.Equal(SomethingInTheWay, run.ExitCode);
        Assert.Contains("   at Ingestion.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitsWithALineAndStops_WhenTheDatabaseIsDown()
    {
        var start = Start([], ("Cluster__Kind", "postgres"), ("Cluster__AdvertisedAddress", "127.0.0.1"), ("Cluster__OneSilo", "true"),
            ("Cluster__ConnectionString", $"Host=127.0.0.1;Port={Ports.Next()};Username=nobody;Password=hidden;Database=none"));
        using var process = Process.Start(start)!;
        try
        {
            var line = await process.StandardError.ReadLineAsync().WaitAsync(Eventually.Deadline);
            Assert.StartsWith("ingestion: waiting for the database none at 127.0.0.1:", line, StringComparison.Ordinal);
            Assert.DoesNotContain("hidden", line, StringComparison.Ordinal);
            await Executable.RunAsync("kill", "-TERM", $"{process.Id}");
            await process.WaitForExitAsync().WaitAsync(Eventually.Deadline);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static void Refused(Finished run, int exitCode, string sentence)
    {
        Assert.True(run.ExitCode == exitCode, $"{run.ExitCode}\n{run.Output}\n{run.Error}");
        var line = Assert.Single(Lines(run.Error));
        Assert.StartsWith("ingestion: cannot start: ", line, StringComparison.Ordinal);
        Assert.Contains(sentence, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private Task<Finished> RunAsync(string[] arguments, params (string Name, string Value)[] settings) => Executable.RunAsync(Start(arguments, settings));

    private ProcessStartInfo Start(string[] arguments, params (string Name, string Value)[] settings)
    {
        string[] urls = arguments.Contains("--urls") ? [] : ["--urls", $"http://127.0.0.1:{Ports.Next()}"];
        string[] data = arguments.Contains("--data") ? [] : ["--data", Data];
        var start = Executable.Silo([.. urls, .. data, .. arguments]);
        foreach (var (name, value) in settings)
            start.Environment[$"Ingestion__{name}"] = value;
        return start;
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, Ports.Next());
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
