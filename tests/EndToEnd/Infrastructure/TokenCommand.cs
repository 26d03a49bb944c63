namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>The executable's own <c>token</c> command.</summary>
internal static class TokenCommand
{
    public static Task<Finished> RunAsync(string data, params string[] arguments) => Executable.RunSiloAsync(["token", .. arguments, "--data", data]);

    /// <summary>A token for an hour with the scopes upload and read; anything but a token on the output fails.</summary>
    public static async Task<string> MintAsync(SiloProcess silo, string user)
    {
        var run = await RunAsync(silo.Data, user);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches(@"^[\w-]+\.[\w-]+\.[\w-]+\n\z", run.Output);
        return run.Output.TrimEnd('\n');
    }
}
