using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>The library that receivers use: standardwebhooks from npm.</summary>
[Collection(WebhookSilo.Name)]
public sealed class StandardWebhooksTests(WebhookSilo shared)
{
    private const string Package = "standardwebhooks";
    private const string Version = "1.0.0";

    [NodeFact]
    public async Task LibraryVerifiesWithEachSecret_WhenRotated()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        var (id, old) = await api.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" } });
        var fresh = (await api.PostJsonAsync($"{WebhookClient.Path}/{id}/secret", "{}")).Is(200).Json.GetProperty("secret").GetString()!;
        await api.UploadToReadyAsync(Samples.Mp4);
        var received = (await receiver.UntilAsync("ready"))[0];

        Assert.Equal("verified", await VerifyAsync(received, old));
        Assert.Equal("verified", await VerifyAsync(received, fresh));
        Assert.Equal("No matching signature found", await VerifyAsync(received, "whsec_" + Convert.ToBase64String(new byte[32])));
        Assert.Equal("No matching signature found", await VerifyAsync(
            received with { Body = received.Body.Replace("ready", "READY", StringComparison.Ordinal) }, fresh));
    }

    private static async Task<string> VerifyAsync(Received received, string secret)
    {
        var start = new System.Diagnostics.ProcessStartInfo("node")
        {
            WorkingDirectory = await NpmServer.InstallAsync(Package, Version),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Webhooks", "standardwebhooks.mjs"));
        start.ArgumentList.Add(JsonSerializer.Serialize(new { secret, body = received.Body, headers = received.Headers }));
        var run = await Executable.RunAsync(start);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output.Trim();
    }
}
