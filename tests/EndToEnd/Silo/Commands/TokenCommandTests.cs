namespace Ingestion.Tests.EndToEnd.Silo.Commands;

/// <summary><c>token NAME [--scope S]… [--ttl T] [--data DIR]</c> of the executable.</summary>
[Collection(DefaultSilo.Name)]
public sealed class TokenCommandTests(DefaultSilo shared)
{
    [Fact]
    public async Task PrintsTheTokenAloneAndTheSiloTakesIt_WhenTheKeyIsTheSilos()
    {
        var run = await TokenCommand.RunAsync(shared.Silo.Data, "alice", "--scope", "read", "--scope", "admin", "--ttl", "15m");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Matches(@"^[\w-]+\.[\w-]+\.[\w-]+\n\z", run.Output);
        var claims = HandMadeToken.Read(run.Output.Trim());
        Assert.Equal("alice", claims.GetProperty("sub").GetString());
        Assert.Equal("read admin", claims.GetProperty("scope").GetString());
        Assert.Equal(15 * 60, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        using var api = new ApiClient(shared.Silo.Address, run.Output.Trim());
        (await api.GetAsync("/api/videos")).Is(200);
        (await api.GetAsync("/api/admin/silos")).Is(200);
        (await api.DeleteAsync("/api/videos/" + new string('0', 32))).IsProblem(403, "scope_missing");
    }

    [Fact]
    public async Task MakesNoKeyAndNamesTheRemedy_WhenNoSiloHasRunThere()
    {
        using var folder = new TempFolder();
        var run = await TokenCommand.RunAsync(folder.Path, "alice");

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains($"no silo has run in {folder.Path} yet: start it, or set --data DIR", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void KeyIsReadByItsOwnerOnly_WhenASiloMadeIt()
    {
        var key = Path.Combine(shared.Silo.Data, "keys", "token.key");
        Assert.True(HandMadeToken.Key(shared.Silo.Data).Length >= 32);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Theory]
    [InlineData("alice", "--ttl", "soon")]
    [InlineData("alice", "--scope", "everything")]
    [InlineData]
    public async Task PrintsNoTokenAndFails_WhenTheArgumentsAreWrong(params string[] arguments)
    {
        var run = await TokenCommand.RunAsync(shared.Silo.Data, arguments);

        Assert.NotEqual(0, run.ExitCode);
        Assert.NotEmpty(run.Error);
        Assert.DoesNotMatch(@"[\w-]+\.[\w-]+\.[\w-]+\n", run.Output);
    }
}
