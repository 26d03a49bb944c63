using System.Security.Cryptography;

namespace Ingestion.Tests.EndToEnd.Auth;

/// <summary>Keys that a silo refuses, warns of, and takes beside its own.</summary>
public sealed class KeyTests
{
    [Fact]
    public async Task SiloDoesNotStart_WhenItsKeyCanBeGuessed()
    {
        var run = await RunAsync([], ("Ingestion__Token__Key", Convert.ToBase64String(new byte[32])));
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("Ingestion:Token:Key can be guessed", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SiloDoesNotStartAndDoesNotRepeatTheKey_WhenItStandsOnTheCommandLine()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var run = await RunAsync([$"--Ingestion:Token:Key={key}"]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("command line", run.Output + run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, run.Output + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authority", "http://id.example.org")]
    [InlineData("JwksUrl", "https://id.example.org/keys")]
    [InlineData("Algorithms", "RS256,HS256")]
    public async Task SiloDoesNotStart_WhenASettingOfTheProviderIsWrong(string setting, string value)
    {
        var run = await RunAsync([], ("Ingestion__Token__Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))),
            ($"Ingestion__Token__{setting}", value));
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(setting is "JwksUrl" ? "Issuer must be" : $"{setting} must be", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SiloWarnsOnce_WhenOthersCanReadItsKeyFile()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TempFolder();
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "keys")).FullName, "token.key");
        await File.WriteAllTextAsync(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        // Elsewhere than in the data folder, which is tightened.
        await using var silo = await SiloProcess.StartAsync(folder.In("data"), ("Token__KeyFile", file));
        Assert.Equal(2, silo.Log.Split("chmod 600").Length);
    }

    [Fact]
    public async Task TokensOfBothKeysAreTakenAndNoOtherKeyIsKept_WhenThereIsASecondOne()
    {
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspnet");
        var before = FilesIn(home);
        var second = RandomNumberGenerator.GetBytes(32);
        await using var silo = await SiloProcess.StartAsync(data: null, ("Token__SecondKey", Convert.ToBase64String(second)));
        var claims = new TokenClaims("ann", ["read"]);
        foreach (var key in (byte[][])[HandMadeToken.Key(silo.Data), second])
        {
            using var api = new ApiClient(silo.Address, HandMadeToken.Sign(key, claims));
            (await api.GetAsync("/api/videos")).Is(200);
        }

        using var other = new ApiClient(silo.Address, HandMadeToken.Sign(RandomNumberGenerator.GetBytes(32), claims));
        (await other.GetAsync("/api/videos")).IsProblem(401, "token_invalid");
        Assert.Equal([Path.Combine(silo.Data, "keys", "token.key")], FilesIn(Path.Combine(silo.Data, "keys")));
        Assert.Equal(before, FilesIn(home));
        Assert.DoesNotContain("DataProtection", silo.Log, StringComparison.Ordinal);
    }

    private static string[] FilesIn(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    private static async Task<Finished> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        using var folder = new TempFolder();
        var start = Executable.Silo([.. arguments, "--urls", $"http://127.0.0.1:{Ports.Next()}", "--data", folder.Path]);
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        start.Environment["Ingestion__Cluster__SiloPort"] = $"{Ports.Next()}";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return await Executable.RunAsync(start);
    }
}
