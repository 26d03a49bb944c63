using Ingestion.Backends.Media;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

public class ContainerSnifferTests
{
    private readonly ContainerSniffer _sniffer = new();

    [Theory]
    [InlineData("mp4", "video/mp4")]
    [InlineData("mp4-dash", "video/mp4")]
    [InlineData("mp4-new-brand", "video/mp4")]
    [InlineData("m4v", "video/mp4")]
    [InlineData("mov", "video/quicktime")]
    [InlineData("3gp", "video/3gpp")]
    [InlineData("3g2", "video/3gpp")]
    [InlineData("mkv", "video/x-matroska")]
    [InlineData("webm", "video/webm")]
    [InlineData("avi", "video/x-msvideo")]
    [InlineData("ts", "video/mp2t")]
    [InlineData("ps", "video/mpeg")]
    [InlineData("mpeg-video", "video/mpeg")]
    [InlineData("flv", "video/x-flv")]
    [InlineData("asf", "video/x-ms-asf")]
    [InlineData("mxf", "application/mxf")]
    [InlineData("ts-192", "video/mp2t")]
    [InlineData("ts-204", "video/mp2t")]
    [InlineData("ts-between-packets", "video/mp2t")]
    [InlineData("webm-both", "video/webm")]
    [InlineData("webm-sound-cut", "video/webm")]
    [InlineData("ogg-both", "video/ogg")]
    [InlineData("mp4-both", "video/mp4")]
    [InlineData("mp4-sound-cut", "video/mp4")]
    [InlineData("ogg", "video/ogg")]
    [InlineData("quicktime-moov", "video/quicktime")]
    [InlineData("quicktime-mdat", "video/quicktime")]
    [InlineData("quicktime-wide", "video/quicktime")]
    [InlineData("quicktime-pnot", "video/quicktime")]
    public void Container_IsKnown_WhenItHoldsVideo(string head, string expected) => Assert.Equal(expected, _sniffer.Sniff(Heads.Of(head)));

    [Theory]
    [InlineData("heic")]
    [InlineData("heix")]
    [InlineData("hevc-sequence")]
    [InlineData("heif")]
    [InlineData("avif")]
    [InlineData("avif-sequence")]
    [InlineData("m4a")]
    [InlineData("m4b")]
    [InlineData("heic-new-brand")]
    [InlineData("jxl")]
    [InlineData("brand-unknown")]
    [InlineData("text-jxl")]
    [InlineData("text-isom")]
    [InlineData("text-qt")]
    [InlineData("cr3")]
    [InlineData("jp2")]
    [InlineData("png")]
    [InlineData("jpeg")]
    [InlineData("gif")]
    [InlineData("wav")]
    [InlineData("webp")]
    [InlineData("mp3")]
    [InlineData("zip")]
    [InlineData("gzip")]
    [InlineData("pdf")]
    [InlineData("elf")]
    [InlineData("exe")]
    [InlineData("text")]
    [InlineData("text-wide")]
    [InlineData("html")]
    [InlineData("mkv-other")]
    [InlineData("mkv-no-doctype")]
    [InlineData("mkv-cut")]
    [InlineData("one-sync-byte")]
    [InlineData("ts-cut")]
    [InlineData("zeros")]
    public void File_IsRefused_WhenItIsNoVideoContainer(string head) => Assert.Null(_sniffer.Sniff(Heads.Of(head)));

    [Theory]
    [InlineData("m4a", SourceRefusal.AudioOnly)]
    [InlineData("wav", SourceRefusal.AudioOnly)]
    [InlineData("mp3", SourceRefusal.AudioOnly)]
    [InlineData("webm-sound", SourceRefusal.AudioOnly)]
    [InlineData("ogg-sound", SourceRefusal.AudioOnly)]
    [InlineData("mp4-sound", SourceRefusal.AudioOnly)]
    [InlineData("gif", SourceRefusal.ImageOnly)]
    [InlineData("png", SourceRefusal.ImageOnly)]
    [InlineData("jpeg", SourceRefusal.ImageOnly)]
    [InlineData("heic", SourceRefusal.ImageOnly)]
    [InlineData("avif", SourceRefusal.ImageOnly)]
    [InlineData("webp", SourceRefusal.ImageOnly)]
    [InlineData("h264", SourceRefusal.RawStream)]
    [InlineData("h265", SourceRefusal.RawStream)]
    [InlineData("text", SourceRefusal.NotAVideo)]
    [InlineData("text-isom", SourceRefusal.NotAVideo)]
    [InlineData("zip", SourceRefusal.NotAVideo)]
    [InlineData("ts-few-between-packets", SourceRefusal.NotAVideo)]
    [InlineData("zeros", SourceRefusal.NotAVideo)]
    public void Refusal_GivesItsReason_WhenTheFileIsOfAKnownKind(string head, SourceRefusal expected)
    {
        Assert.Null(_sniffer.Sniff(Heads.Of(head)));
        Assert.Equal(expected, _sniffer.WhyNot(Heads.Of(head)));
    }

    [Fact]
    public void Start_IsRefused_WhenItIsShorterThanAnySignature()
    {
        var head = Heads.Of("mp4");
        for (var length = 0; length < 12; length++)
            Assert.Null(_sniffer.Sniff(head.AsSpan(0, length)));
        Assert.Equal("video/mp4", _sniffer.Sniff(head.AsSpan(0, 12)));
    }

    [Theory]
    [InlineData("sample.mp4", "video/mp4")]
    [InlineData("sample.webm", "video/webm")]
    [InlineData("sample.mkv", "video/x-matroska")]
    public void Container_IsKnown_WhenTheFileIsReal(string name, string expected) =>
        Assert.Equal(expected, _sniffer.Sniff(File.ReadAllBytes(Samples.PathOf(name)).AsSpan(0, IContainerSniffer.WantedBytes)));

    [Fact]
    public void Sniffing_NeverThrows_WhenBytesAreRandomOrASignatureIsCutAndBroken() => Histories.Check(20_000, random =>
    {
        var bytes = new byte[random.Next(random.Next(2) == 0 ? 40 : 1000)];
        random.NextBytes(bytes);
        string[] heads = ["mp4", "mkv", "webm", "avi", "ts", "ps", "flv", "asf", "ogg", "quicktime-moov", "m4a", "webm-sound", "ogg-sound", "mp4-sound"];
        var head = Heads.Of(heads[random.Next(heads.Length)]);
        if (random.Next(4) > 0)
            head.AsSpan(0, Math.Min(random.Next(head.Length + 1), bytes.Length)).CopyTo(bytes);
        var type = _sniffer.Sniff(bytes);
        Assert.True(type is null or "application/mxf" || type.StartsWith("video/", StringComparison.Ordinal));
        Assert.Contains(_sniffer.WhyNot(bytes), Enum.GetValues<SourceRefusal>());
    });
}
