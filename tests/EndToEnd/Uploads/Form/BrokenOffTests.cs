namespace Ingestion.Tests.EndToEnd.Uploads.Form;

/// <summary>A client that leaves in the middle of its upload.</summary>
[Collection(StrictSilo.Name)]
public sealed class BrokenOffTests(StrictSilo shared)
{
    public enum Leaving
    {
        Reset,
        HalfClosed,
        HalfClosedInChunks,
    }

    [Theory]
    [InlineData(Leaving.Reset)]
    [InlineData(Leaving.HalfClosed)]
    [InlineData(Leaving.HalfClosedInChunks)]
    public async Task NoVideoAppearsAndItsBytesGo_WhenTheClientLeavesBy(Leaving leaving)
    {
        var data = shared.Data;
        await data.UntilQuietAsync();
        var before = data.Snapshot();
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        using var http = new RawHttp(shared.Silo.Address);
        var form = FormBody.Of(Samples.Padded(180_000)).Bytes;
        var length = leaving is Leaving.HalfClosedInChunks ? "Transfer-Encoding: chunked" : $"Content-Length: {form.Length}";
        await http.SendHeadAsync("POST /api/videos/upload HTTP/1.1", $"Authorization: Bearer {api.Token}",
            $"Content-Type: {new FormBody().ContentType}", length);
        if (leaving is Leaving.HalfClosedInChunks)
            await http.SendAsync(System.Text.Encoding.ASCII.GetBytes($"{form.Length:x}\r\n"));
        await http.SendAsync(form.AsMemory(0, 150_000));
        await Eventually.TrueAsync(() => data.Uploads.Length == 1, "the upload has begun");

        if (leaving is Leaving.Reset)
            http.Reset();
        else
            http.Shutdown();

        await Eventually.TrueAsync(() => data.Uploads.Length == 0, "its bytes are gone");
        Assert.Empty(await api.ListAsync());
        var states = new List<string?>();
        await Eventually.TrueAsync(
            async () =>
            {
                states.AddRange((await socket.SoFarAsync()).Select(e => e.State));
                return states.Contains("cancelled");
            },
            () => $"the owner is notified: {string.Join(", ", states)}");
        Assert.Equal(["receiving", "cancelled"], states);
        Assert.Equal(before, data.Snapshot());
    }
}
