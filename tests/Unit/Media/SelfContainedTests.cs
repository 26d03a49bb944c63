using System.Net;
using System.Net.Sockets;
using Ingestion.Backends.Media;
using Ingestion.Backends.Media.Tools;
using Ingestion.Tests.Unit.Media.Tools;
using Ingestion.Videos;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Media;

/// <summary>
/// Files that name other files and addresses, given to the real tools: neither is opened. Each begins like a video and is also what another demuxer of ffmpeg
/// takes it for when it may guess.
/// </summary>
public sealed class SelfContainedTests : IDisposable
{
    private readonly TestRunner _test = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SelfContainedTests()
    {
        _listener.Start();
        File.Copy(Samples.PathOf("sample.mp4"), _test.In("secret.mp4"));
    }

    public static TheoryData<string, bool, bool> Cases()
    {
        var cases = new TheoryData<string, bool, bool>();
        foreach (var kind in (string[])["dash", "hls", "concat", "sdp", "rtsp-text", "imf"])
        {
            foreach (var toAddress in (bool[])[false, true])
            {
                cases.Add(kind, toAddress, true);
                cases.Add(kind, toAddress, false);
            }
        }

        return cases;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _test.Dispose();
    }

    [MediaTheory]
    [MemberData(nameof(Cases))]
    public async Task NothingElseIsOpened_WhenASourceNamesIt(string kind, bool toAddress, bool isTaken)
    {
        var target = toAddress ? $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/secret.mp4" : _test.In("secret.mp4");
        await File.WriteAllTextAsync(_test.In("source"), Text(kind, target));
        // Taken for an MP4, as every brand once was; or not known, where operators allow that.
        var source = new MediaSource("id", _test.In("source"), isTaken ? new ContainerFormat("video/mp4", "mov") : null);
        var tools = new MediaTools(_test.Runner, ToolPaths.Find(Environment.GetEnvironmentVariable("PATH"))!, Options.Create(_test.Limits));

        var probe = await tools.ProbeAsync(source, default);
        var poster = await tools.MakePosterAsync(source, new MediaInfo(2, 320, 180, "mov", "h264", null), default);

        Assert.Null(probe.Media);
        Assert.Equal("media_unreadable", probe.Refusal?.Code);
        Assert.Null(poster.Jpeg);
        Assert.False(_listener.Pending(), "A tool has opened an address that the source names.");
    }

    internal static string Text(string kind, string target) => kind switch
    {
        "dash" => $"""
            <!--ftypjxl  --><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"
             type="static" mediaPresentationDuration="PT2S">
            <Period duration="PT2S"><AdaptationSet mimeType="video/mp4" contentType="video">
            <Representation id="1" bandwidth="1000" width="320" height="180" codecs="avc1.64000c">
            <BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>
            """,
        "hls" => $"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"{target}\"\n#EXTINF:2,\n{target}\n#EXT-X-ENDLIST\n",
        "concat" => $"ffconcat version 1.0\nfile '{target}'\n",
        "sdp" => "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "rtsp-text" => $"RTSPtext\r\nrtsp:{target}\r\n",
        "imf" => $"<?xml version=\"1.0\"?><CompositionPlaylist xmlns=\"http://www.smpte-ra.org/schemas/2067-3/2016\"><Id>{target}</Id></CompositionPlaylist>",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such file."),
    };
}
