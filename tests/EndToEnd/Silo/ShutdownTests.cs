namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>Stopping in good order, and refusing to start where another one runs.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task SocketsAreClosedAndTheProcessEndsWithZero_OnSigterm()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As("alice");
        await using var subscribed = await StatusClient.SubscribedAsync(api);
        await using var idle = await StatusClient.ConnectAsync(api);
        await idle.NextAsync("hello");
        var id = await api.UploadToReadyAsync(Samples.Mp4);
        await subscribed.UntilAsync(id, "ready");

        await silo.TerminateAsync();
        foreach (var socket in new[] { subscribed, idle })
            Assert.InRange((await socket.IsClosedAsync(4200)).Number("retry_ms"), 0, 5_000);
        Assert.True(await silo.ExitAsync() == 0, silo.Log);
        Assert.DoesNotContain("fail:", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondProcessRefusesToStartAndTheFirstKeepsRunning_WhenTheDataFolderIsInUse()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As("alice");
        var start = Executable.Silo(["--urls", $"http://127.0.0.1:{Ports.Next()}", "--data", silo.Data]);

        var second = await Executable.RunAsync(start);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("is in use by another process", second.Error, StringComparison.Ordinal);
        await api.UploadToReadyAsync(Samples.Mp4);
    }

    [Theory]
    [InlineData("Worker__Concurrency", "0", "Concurrency")]
    [InlineData("Sockets__PingSeconds", "-1", "PingSeconds")]
    [InlineData("Webhooks__MaxPerUser", "0", "MaxPerUser")]
    [InlineData("Token__Key", "short", "base64")]
    public async Task RefusesToStartAndNamesTheSetting_WhenASettingIsWrong(string name, string value, string named)
    {
        using var folder = new TempFolder();
        var start = Executable.Silo(["--urls", $"http://127.0.0.1:{Ports.Next()}", "--data", folder.Path]);
        start.Environment[$"Ingestion__{name}"] = value;

        var run = await Executable.RunAsync(start);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(named, run.Output + run.Error, StringComparison.Ordinal);
    }
}
