using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Videos.Tools;

/// <summary>An upload that names other files and addresses: the tools of the started silo open neither, on both stores.</summary>
public sealed class SelfContainedTests
{
    private static readonly string[] _kinds = ["dash", "hls", "concat"];

    [MediaFact]
    public async Task NothingElseIsOpened_WhenSourcesAreFiles()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Uploads__RequireKnownContainer", "false"));
        await AssertNothingElseIsOpenedAsync(silo);
    }

    [NodeFact]
    public async Task NothingElseIsOpened_WhenSourcesAreInS3()
    {
        await using var bucket = await S3Bucket.CreateAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, [.. bucket.Settings, ("Uploads__RequireKnownContainer", "false")]);
        await AssertNothingElseIsOpenedAsync(silo);
    }

    [Fact]
    public async Task TextIsNoVideo_WhateverBrandItClaims()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As("alice");
        foreach (var brand in (string[])["jxl ", "isom", "qt  ", "3gp4"])
            (await api.PostAsync(FormBody.Of(Encoding.ASCII.GetBytes(Dash("/etc/secret.mp4", brand)), "x.mp4"))).IsProblem(415, "not_a_video");
    }

    private static async Task AssertNothingElseIsOpenedAsync(SiloProcess silo)
    {
        using var folder = new TempFolder();
        var secret = folder.In("secret.mp4");
        File.Copy(Samples.PathOf("sample.mp4"), secret);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var api = silo.As("alice");

        foreach (var target in (string[])[secret, $"file://{secret}", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/secret.mp4"])
        {
            foreach (var kind in _kinds)
            {
                var id = await api.UploadAsync(Encoding.ASCII.GetBytes(Text(kind, target)), "x.mp4");
                var record = await api.UntilAsync(id, "failed");
                Assert.Equal("media_unreadable", record.GetProperty("error").GetProperty("code").GetString());
                Assert.False(record.TryGetProperty("media", out _));
                (await api.GetAsync($"/api/videos/{id}/poster")).IsProblem(404, "not_found");
            }
        }

        Assert.False(listener.Pending(), "A tool has opened an address that an upload names.");
        await api.UploadToReadyAsync(Samples.Mp4);
    }

    private static string Text(string kind, string target) => kind switch
    {
        "dash" => Dash(target, "isom"),
        "hls" => $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"{target}\"\n#EXTINF:2,\n{target}\n#EXT-X-ENDLIST\n",
        _ => $"ffconcat version 1.0\nfile '{target}'\n",
    };

    private static string Dash(string target, string brand) => $"""
        <!--ftyp{brand}  --><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"
         type="static" mediaPresentationDuration="PT2S">
        <Period duration="PT2S"><AdaptationSet mimeType="video/mp4" contentType="video">
        <Representation id="1" bandwidth="1000" width="320" height="180" codecs="avc1.64000c">
        <BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>
        """;
}
