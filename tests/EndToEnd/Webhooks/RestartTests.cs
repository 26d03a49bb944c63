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
        await api.UploadToReadyAsync(Media.Mp4);
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
}
