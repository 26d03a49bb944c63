namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>What a killed process leaves: whole records and journals, and no bytes of what was never finished.</summary>
public sealed class StateRestartTests
{
    [Fact]
    public async Task RecordsJournalAndTokensAreAsBefore_WhenTheSiloWasKilled()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As("alice");
        var id = await api.UploadAsync(Samples.Mp4);
        List<Frame> delivered;
        await using (var before = await StatusClient.SubscribedAsync(api, "0:0"))
            delivered = await before.UntilAsync(id, "ready");
        var record = await api.GetJsonAsync($"/api/videos/{id}");
        await silo.KillAsync();
        await silo.StartAgainAsync();

        await using var after = await StatusClient.ConnectAsync(api);
        await after.NextAsync("hello");
        var answer = await after.SubscribeAsync(["user"], delivered[0].Cursor);
        Assert.Equal("replay", answer.Text("mode"));
        Assert.Equal(delivered[0].Cursor, answer.Cursor);
        Assert.Equal(delivered[^1].Cursor, answer.Text("end"));
        Assert.Equal(delivered.Skip(1).Select(e => e.ToString()), (await after.SoFarAsync()).Select(e => e.ToString()));
        Assert.Equal(record.GetRawText(), (await api.GetJsonAsync($"/api/videos/{id}")).GetRawText());
        Assert.Equal([id], await api.ListAsync());

        var next = await api.UploadAsync(Samples.Mp4);
        var events = await after.UntilAsync(next, "ready");
        Assert.Equal([6, 7, 8, 9, 10], events.Select(e => e.Offset));
        Assert.Equal([next, id], await api.ListAsync());
    }

    [Fact]
    public async Task NoVideoAppearsAndItsBytesAreSwept_WhenTheSiloIsKilledDuringAnUpload()
    {
        await using var silo = await SiloProcess.StartAsync();
        var data = new DataFolder(silo.Data);
        using var api = silo.As("alice");
        using var upload = new RawHttp(silo.Address);
        var form = FormBody.Of(Samples.Padded(1_000_000));
        await upload.SendHeadAsync("POST /api/videos/upload HTTP/1.1", $"Authorization: Bearer {api.Token}", $"Content-Type: {form.ContentType}",
            $"Content-Length: {form.Bytes.Length}");
        await upload.SendAsync(form.Bytes.AsMemory(0, form.Bytes.Length / 2));
        await Eventually.TrueAsync(() => data.Uploads.Any(file => new FileInfo(Path.Combine(silo.Data, file)).Length > 0), "bytes arrive");
        await silo.KillAsync();
        Assert.Single(data.Uploads);

        await silo.StartAgainAsync();
        await data.UntilQuietAsync();
        Assert.Empty(data.Objects);
        Assert.Empty(await api.ListAsync());
        Assert.DoesNotContain(data.State, file => file.Contains("video", StringComparison.Ordinal));
        await api.UploadToReadyAsync(Samples.Mp4);
    }
}
