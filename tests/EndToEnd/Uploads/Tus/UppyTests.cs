using System.Diagnostics;
using System.Security.Cryptography;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>The widget that most pages use, in a real browser, on a page of another origin: Uppy in Chromium.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm, Chromium)]
public sealed class UppyTests
{
    private const string Chromium = "chromium";
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

    private static async Task<Browser> OpenAsync(SiloProcess silo, ApiClient api, TempFolder folder, string mode, int bytesPerSecond)
    {
        var start = new ProcessStartInfo(NpmServer.Node) { RedirectStandardOutput = true, WorkingDirectory = folder.Path };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Uploads", "Tus", "uppy.mjs"));
        start.ArgumentList.Add(JsonSerializer.Serialize(new
        {
            chromium = ProgramPath.Find(Chromium),
            uppy = await NpmServer.InstallAsync("uppy", "5.2.4"),
            puppeteer = await NpmServer.InstallAsync("puppeteer-core", "25.16.0"),
            api = silo.Address.GetLeftPart(UriPartial.Authority),
            token = api.Token,
            file = Path.Combine(folder.Path, "file"),
            name = Name,
            mode,
            bytesPerSecond,
        }));
        return new Browser(Process.Start(start)!);
    }

    /// <summary>True once so many bytes are sent; false when the upload has ended before.</summary>
    private static async Task<bool> SentAsync(Browser browser, int bytes)
    {
        while (await browser.NextAsync() is { } line)
        {
            if (line.TryGetProperty("sent", out var sent) && sent.GetInt64() >= bytes)
                return sent.GetInt64() < Size;
            Assert.True(line.TryGetProperty("sent", out _), $"{line}");
        }

        return false;
    }

    private static async Task<string> DoneAsync(Browser browser)
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

    /// <summary>A browser that uploads.</summary>
    private sealed class Browser(Process process) : IDisposable
    {
        /// <summary>What it reports next; null when it has ended.</summary>
        public async Task<JsonElement?> NextAsync()
        {
            using var deadline = new CancellationTokenSource(Eventually.Deadline);
            var line = await process.StandardOutput.ReadLineAsync(deadline.Token);
            return line is null ? null : JsonSerializer.Deserialize<JsonElement>(line);
        }

        public void Dispose()
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }
}
