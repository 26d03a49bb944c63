namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>Deliveries survive the process.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task EventComesUnderItsIdWithoutAnother_WhenTheSiloWasKilledWhileTheReceiverWasAway()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.AnswerWith(503);
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        using var api = silo.As("alice");
        var (id, secret) = await api.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" } });
        await api.UploadToReadyAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => (await api.DeliveriesAsync(id)).Length > 0, "the first attempt is logged");
        var first = receiver.Requests[0];
        await silo.KillAsync();
        receiver.AnswerWith(200);

        await silo.StartAgainAsync();
        await receiver.UntilAsync(requests => requests.Length >= 2, "the second attempt comes");
        Assert.Equal((first.Id, first.Body), (receiver.Requests[^1].Id, receiver.Requests[^1].Body));
        Assert.Equal([receiver.Requests[^1].SignatureWith(secret)], receiver.Requests[^1].Signatures);
        await Eventually.TrueAsync(async () => (await api.DeliveriesAsync(id))[0].GetProperty("outcome").GetString() == "delivered", "it is delivered");
    }

    [Fact]
    public async Task SiloStopsInGoodOrder_WhenAReceiverTakesItsTime()
    {
        await using var receiver = await Receiver.StartAsync();
        var held = new TaskCompletionSource();
        receiver.Answer = (_, _) => held.Task;
        // Longer than the host would wait.
        await using var silo = await SiloProcess.StartAsync(
            data: null, ("Webhooks__AllowInsecure", "true"), ("Webhooks__AllowPrivateAddresses", "true"), ("Webhooks__TimeoutSeconds", "60"),
            ("Webhooks__CheckSeconds", "1"));
        using var api = silo.As("alice");
        await api.AddedAsync(new { url = receiver.Url() });
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        await receiver.UntilAsync(requests => requests.Length == 1, "the first event comes");
        await silo.TerminateAsync();
        Assert.True(await silo.ExitAsync() == 0, silo.Log);
        Assert.True(!silo.Log.Contains("fail:", StringComparison.Ordinal), silo.Log);

        held.SetResult();
        await silo.StartAgainAsync();
        var received = await receiver.UntilAsync("ready");
        Assert.All(received, request => Assert.Contains(video, request.Body, StringComparison.Ordinal));
        Assert.Equal(received[0].Id, received[1].Id);
    }
}
