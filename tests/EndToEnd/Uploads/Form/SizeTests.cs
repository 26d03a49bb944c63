using System.Globalization;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Uploads.Form;

/// <summary>Files over the limit are refused as soon as that is known.</summary>
[Collection(StrictSilo.Name)]
public sealed class SizeTests(StrictSilo shared)
{
    [Fact]
    public Task IsRefusedBeforeAnyByteOfTheBody_WhenTheLengthIsTooLarge() => shared.LeavesNothingAsync(async () =>
    {
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync("POST /api/videos/upload HTTP/1.1", Bearer(), $"Content-Type: {new FormBody().ContentType}", "Content-Length: 999999999999");
        (await http.ReadAsync()).IsProblem(413, "file_too_large");
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task IsRefusedAndLeavesNothing_WhenTheFileIsOneByteTooLarge(bool chunked) => shared.LeavesNothingAsync(async () =>
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await api.PostAsync(FormBody.Of(Samples.Padded(StrictSilo.MaxFileBytes + 1)), chunked)).IsProblem(413, "file_too_large");
        Assert.Empty(await api.ListAsync());
    });

    [Fact]
    public Task IsRefusedWhileItIsStillComing_WhenAnEndlessFileIsSentInChunks() => shared.LeavesNothingAsync(async () =>
    {
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync("POST /api/videos/upload HTTP/1.1", Bearer(), $"Content-Type: {new FormBody().ContentType}", "Transfer-Encoding: chunked");
        // Neither the file nor the body ends.
        var start = new FormBody().Text("------form-boundary\r\nContent-Disposition: form-data; name=\"video_file\"; filename=\"a.mp4\"\r\n\r\n")
            .Raw(Samples.Padded(StrictSilo.MaxFileBytes + 70_000)).Bytes;
        await http.SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{start.Length:x}\r\n")));
        await http.SendAsync(start);
        (await http.ReadAsync()).IsProblem(413, "file_too_large");
    });

    [Fact]
    public async Task IsTaken_WhenTheFileIsExactlyAsLargeAsAllowed()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var content = Samples.Padded(StrictSilo.MaxFileBytes);
        var id = await api.UploadAsync(content);
        Assert.Equal(content, (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body);
        await shared.Data.UntilQuietAsync();
    }

    private string Bearer() => $"Authorization: Bearer {shared.Silo.Token(SiloFixture.NewUser())}";
}
