using System.Text.RegularExpressions;
using Ingestion.Api.Auth;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>Secrets are made where they are used, and none is in the repository.</summary>
public sealed partial class SecretTests
{
    public static TheoryData<string> Files => [.. DeployFiles.NamesWithPages];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_HasNoSecret(string name)
    {
        var text = DeployFiles.Read(name);
        Assert.DoesNotMatch(Password(), text);
        Assert.DoesNotMatch(Key(), text);
    }

    [ProgramFact("bash", "openssl")]
    public async Task Secrets_AreMadeOnce_AndFitTogether()
    {
        using var folder = new TempFolder();
        var secrets = Path.Combine(folder.Path, "secrets");
        Assert.Equal(0, (await MakeAsync(secrets)).ExitCode);
        var made = Contents(secrets);

        Assert.Equal(0, (await MakeAsync(secrets)).ExitCode);

        Assert.Equal(made, Contents(secrets));
        Assert.Equal(32, SigningKey.Load(new TokenOptions { KeyFile = Path.Combine(secrets, "token_key") }, mayCreate: false).Length);
        Assert.EndsWith($":{made["database_password"].Trim()}\n", made["database_passfile"], StringComparison.Ordinal);
        var credentials = Credential().Matches(made["aws_credentials"]).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(2, credentials.Length);
        Assert.All(credentials, value => Assert.Contains($"\"{value}\"", made["store_identities"], StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(secrets).UnixFileMode);
    }

    private static Task<ProgramRun> MakeAsync(string folder) => ProgramRun.RunAsync("bash", DeployFiles.PathOf("deploy/compose/make-secrets"), folder);

    private static Dictionary<string, string> Contents(string folder) =>
        Directory.GetFiles(folder).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);

    // A password in a connection string, a URL or a setting, that is no place holder.
    [GeneratedRegex(@"(?i)(password|secret_access_key|secretkey)""?\s*[=:]\s*[""']?(?![%$<{""'\s/]|file\b|…)[A-Za-z0-9+/]{6,}|://[^/\s:]+:[^@\s]+@")]
    private static partial Regex Password();

    // 32 bytes and more in base64 or hexadecimal, and the ids of Amazon's keys.
    [GeneratedRegex(@"(?<![A-Za-z0-9+/_.:@-])(?=[A-Za-z0-9+/]*[0-9])(?=[A-Za-z0-9+/]*[A-Z])[A-Za-z0-9+/]{43,}=?|\b[0-9a-f]{40,}\b|\b(AKIA|ASIA)[A-Z0-9]{16}\b")]
    private static partial Regex Key();

    [GeneratedRegex("= ([0-9a-f]+)$", RegexOptions.Multiline)]
    private static partial Regex Credential();
}
