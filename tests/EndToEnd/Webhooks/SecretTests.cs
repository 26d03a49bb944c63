using System.Text;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>Secrets are stored nowhere in clear, and end when their owner ends them.</summary>
public sealed class SecretTests
{
    private static readonly string _first = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);
    private static readonly string _second = Convert.ToBase64String([.. Enumerable.Range(101, 32).Select(i => (byte)i)]);

    [Fact]
    public async Task NoFileHoldsASecret_WhenWebhooksAreAddedAndRotated()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var api = silo.As("alice");
        var (id, old) = await api.AddedAsync(new { url = receiver.Url() });
        var fresh = (await api.PostJsonAsync($"{WebhookClient.Path}/{id}/secret", "{}")).Is(200).Json.GetProperty("secret").GetString()!;
        await api.UploadToReadyAsync(Samples.Mp4);
        await receiver.UntilAsync("ready");
        // Not while it writes: a file that it has open for that can't be read.
        await silo.KillAsync();

        AssertNothingIn(silo.Data, "whsec_", old["whsec_".Length..], fresh["whsec_".Length..]);
    }

    [Fact]
    public async Task OldSecretStopsSigningAtOnce_WhenRevoked()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var api = silo.As("alice");
        var (id, _) = await api.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" } });
        await api.PostJsonAsync($"{WebhookClient.Path}/{id}/secret", "{}");
        var rotation = (await api.PostJsonAsync($"{WebhookClient.Path}/{id}/secret", """{"revoke_old":true}""")).Is(200).Json;
        Assert.Equal(JsonValueKind.Null, rotation.GetProperty("old_secret_until").ValueKind);
        await api.UploadToReadyAsync(Samples.Mp4);
        var received = (await receiver.UntilAsync("ready"))[0];
        Assert.Equal([received.SignatureWith(rotation.GetProperty("secret").GetString()!)], received.Signatures);

        (await api.PostJsonAsync($"{WebhookClient.Path}/{id}/secret", """{"revoke_old":1}""")).IsProblem(400, "json_invalid");
    }

    /// <summary>The keys of a rotation, one after the other: first the new one only opens, then it seals, then the old one goes.</summary>
    [Fact]
    public async Task SecretKeepsSigning_WhenTheKeysAreRotated()
    {
        await using var receiver = await Receiver.StartAsync();
        using var folder = new TempFolder();
        string? id = null, secret = null;
        var keyNames = new List<string>();
        foreach (var (sealing, opening) in new[] { (_first, ""), (_first, _second), (_second, _first), (_second, "") })
        {
            await using var silo = await SiloProcess.StartAsync(
                folder.Path, [.. WebhookSilo.Lenient, ("Webhooks__SealingKey", sealing), ("Webhooks__SecondSealingKey", opening)]);
            using var api = silo.As("alice");
            if (id is null)
                (id, secret) = await api.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" } });
            var video = await api.UploadToReadyAsync(Samples.Mp4);
            var received = await receiver.UntilAsync(requests => requests.Any(request => request.VideoId == video), "it comes");
            Assert.Equal([received[^1].SignatureWith(secret!)], received[^1].Signatures);
            // The check of webhooks, which comes every second here, seals again what another key has sealed.
            keyNames.Add(await SealedByAnotherAsync(folder.Path, sealing == _second && opening == _first ? keyNames[^1] : null));
            await silo.TerminateAsync();
            await silo.ExitAsync();
        }

        Assert.Equal([keyNames[0], keyNames[0], keyNames[3], keyNames[3]], keyNames);
        Assert.NotEqual(keyNames[0], keyNames[3]);
    }

    /// <summary>The name of the key that has sealed the only webhook, once it is another one than <paramref name="before"/>.</summary>
    private static async Task<string> SealedByAnotherAsync(string data, string? before)
    {
        var name = before;
        await Eventually.TrueAsync(
            () =>
            {
                var file = Directory.EnumerateFiles(Path.Combine(data, "state"), "webhooks.json", SearchOption.AllDirectories).Single();
                name = File.ReadAllText(file).Split("sealed:1:")[1].Split(':')[0];
                return Task.FromResult(name != before);
            },
            "it is sealed by another key");
        return name!;
    }

    private static void AssertNothingIn(string folder, params string[] secrets)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            // The silo's own lock can't be read, and holds nothing.
            if (Path.GetFileName(file) == "lock")
                continue;
            var content = File.ReadAllBytes(file);
            Assert.All(secrets, secret => Assert.True(content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{file} holds a secret."));
        }
    }
}
