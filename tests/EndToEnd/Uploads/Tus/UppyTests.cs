using System.Security.Cryptography;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>The widget that most pages use, in a real browser, on a page of another origin: Uppy in Chromium.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm, BrowserProcess.Chromium)]
public sealed class UppyTests
{
    private const string Name = "видео 🎬 👩‍👩‍👧.mp4";
    private const int Size = 12_000_000;

    // Slow enough that the silo dies in the middle of a request.
    private const int BytesPerSecond = 4_000_000;

    [ContractFact]
    public async Task VideoIsTheFile_WhenTheSiloIsKilledInTheMiddle()
    {
        await using var silo = await StartAsync();
        using var folder = new TempFolder();
        var content = await MakeFileAsync(folder);
        using var api = silo.As("alice");
        using var browser = await OpenAsync(silo, api, folder, "tus", BytesPerSecond);
        Assert.True(await SentAsync(browser, Size / 4), "The upload ended before it was a quarter done.");
        await silo.KillAsync();
        await silo.StartAgainAsync();

        await IsVideoAsync(api, await DoneAsync(browser), content);
    }

    [ContractFact]
    public async Task VideoIsTheFile_WhenItsPartsGoOutDirectly()
    {
        await using var silo = await StartAsync();
        using var folder = new TempFolder();
        var content = await MakeFileAsync(folder);
        using var api = silo.As("alice");
        using var browser = await OpenAsync(silo, api, folder, "direct", bytesPerSecond: 0);
        await IsVideoAsync(api, await DoneAsync(browser), content);
    }

    private static Task<SiloProcess> StartAsync() => SiloProcess.StartAsync(data: null, ("Roles", "api"));

    private static async Task<byte[]> MakeFileAsync(TempFolder folder)
    {
        byte[] content = [.. Samples.Mp4, .. RandomNumberGenerator.GetBytes(Size - Samples.Mp4.Length)];
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "file"), content);
        return content;
    }

    private static async Task<NodeScript> OpenAsync(SiloProcess silo, ApiClient api, TempFolder folder, string mode, int bytesPerSecond) =>
        await BrowserProcess.StartAsync("Uploads/Tus/uppy.mjs", new
        {
            uppy = await NpmServer.InstallAsync("uppy", "5.2.4"),
            api = silo.Address.GetLeftPart(UriPartial.Authority),
            token = api.Token,
            file = Path.Combine(folder.Path, "file"),
            name = Name,
            mode,
            bytesPerSecond,
        });

    /// <summary>True once so many bytes are sent; false when the upload has ended before.</summary>
    private static async Task<bool> SentAsync(NodeScript browser, int bytes)
    {
        while (await browser.NextAsync() is { } line)
        {
            if (line.TryGetProperty("sent", out var sent) && sent.GetInt64() >= bytes)
                return sent.GetInt64() < Size;
            Assert.True(line.TryGetProperty("sent", out _), $"{line}");
        }

        return false;
    }

    private static async Task<string> DoneAsync(NodeScript browser)
    {
        while (await browser.NextAsync() is { } line)
        {
            if (line.TryGetProperty("done", out var address))
                return TusClient.IdOf(address.GetString()!);
            Assert.True(line.TryGetProperty("sent", out _), $"{line}");
        }

        throw new InvalidOperationException("The browser ended without a word.");
    }

    private static async Task IsVideoAsync(ApiClient api, string id, byte[] content)
    {
        Assert.Equal(Name, (await api.GetJsonAsync($"/api/videos/{id}")).GetProperty("file_name").GetString());
        Assert.Equal(SHA256.HashData(content), SHA256.HashData((await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body));
        Assert.Equal([id], await api.ListAsync());
    }
}
