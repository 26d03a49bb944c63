using System.Runtime.Versioning;
using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>Other users of the machine read nothing of what a silo keeps.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PrivateFilesTests
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite
            | UnixFileMode.OtherExecute;

    [Fact]
    public async Task EveryFileAndFolderIsItsOwnersAlone_WhateverTheUmaskIs()
    {
        await using var silo = await SiloProcess.StartUnderAsync(umask: "0", data: null, WebhookSilo.Lenient);
        await FillAsync(silo);
        Assert.Empty(Open(silo.Data));
        Assert.DoesNotContain("open to other users", silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilesOfAnOlderRunAreTightened_AndASingleLineReportsIt()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        var video = await FillAsync(silo);
        await silo.KillAsync();
        foreach (var path in Entries(silo.Data))
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupRead | UnixFileMode.OtherRead
                | (Directory.Exists(path) ? UnixFileMode.OtherExecute : 0));
        await silo.StartAgainAsync();
        Assert.Empty(Open(silo.Data));
        Assert.Equal(2, silo.Log.Split("open to other users").Length);
        using var api = silo.As("alice");
        (await api.GetAsync($"/api/videos/{video}/poster")).Is(200);

        await silo.KillAsync();
        await silo.StartAgainAsync();
        Assert.Equal(2, silo.Log.Split("open to other users").Length);
    }

    [Fact]
    public async Task FolderThatIsSharedWithOthersKeepsItsMode_WhenItIsTheDataFolder()
    {
        using var folder = new TempFolder();
        var shared = Directory.CreateDirectory(folder.In("shared")).FullName;
        File.SetUnixFileMode(shared, File.GetUnixFileMode(shared) | Others | UnixFileMode.StickyBit);
        await using var silo = await SiloProcess.StartAsync(shared, WebhookSilo.Lenient);
        await FillAsync(silo);
        Assert.Equal([shared], Open(shared));
    }

    /// <summary>One of each kind that a silo stores: a key, a video with its poster, a webhook with its secret, an unfinished upload, a journal.</summary>
    private static async Task<string> FillAsync(SiloProcess silo)
    {
        using var api = silo.As("alice");
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        await api.AddedAsync(new { url = "http://127.0.0.1:9/hook" });
        (await api.SendAsync(HttpMethod.Post, "/api/uploads", content: null, ("Tus-Resumable", "1.0.0"), ("Upload-Length", "1000"))).Is(201);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(silo.Data, "keys")));
        return video;
    }

    private static string[] Open(string data) => [.. Entries(data).Where(path => (File.GetUnixFileMode(path) & Others) != 0)];

    private static IEnumerable<string> Entries(string data) => Directory.EnumerateFileSystemEntries(data, "*", SearchOption.AllDirectories).Prepend(data);
}
