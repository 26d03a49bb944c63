using System.Text;
using Ingestion.Api.Uploads;
using Ingestion.Api.Uploads.Form;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Uploads;

public class FileNameTests
{
    [Theory]
    [InlineData("cat.mp4", "cat.mp4")]
    [InlineData("my cat (1).mp4", "my cat (1).mp4")]
    [InlineData("Kätzchen 猫.mp4", "Kätzchen 猫.mp4")]
    [InlineData("/home/ann/cat.mp4", "cat.mp4")]
    [InlineData("C:\\Users\\ann\\cat.mp4", "cat.mp4")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("..\\../x", "x")]
    [InlineData("  cat.mp4\t", "cat.mp4")]
    [InlineData("ca\0t\r\n.mp4\u007F\u0085", "cat.mp4")]
    [InlineData("", null)]
    [InlineData("   ", null)]
    [InlineData("folder/", null)]
    [InlineData("\0\n", null)]
    [InlineData(null, null)]
    public void Name_IsTheLastSegmentWithoutControls_WhenCleaned(string? given, string? expected) => Assert.Equal(expected, FileName.Clean(given));

    [Theory]
    [InlineData("видео 🎬.mp4")]
    [InlineData("👩‍👩‍👧‍👦 🏳️‍🌈.mp4")]
    [InlineData("می\u200Cخواهم.mp4")]
    [InlineData("𝒻𝒾𝓁𝓂 𠮷野家.mp4")]
    [InlineData("e\u0301te\u0301.mp4")]
    [InlineData("\uFFFD \uFEFF \uE000 \U0010FFFD.mp4")]
    public void Name_IsKeptWhole_WhenItIsText(string name) => Assert.Equal(name, FileName.Clean(name));

    [Theory]
    [InlineData("evil\u202Egnp.mp4", "evilgnp.mp4")]
    [InlineData("\u061C\u200E\u200Fa\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069.mp4", "a.mp4")]
    [InlineData("\u202E", null)]
    public void Name_LosesDirections_WhenCleaned(string given, string? expected) => Assert.Equal(expected, FileName.Clean(given));

    [Fact]
    public void Name_LosesHalfCharacters_WhenCleaned()
    {
        Assert.Equal("cat🎬.mp4", FileName.Clean("cat\uD83C\uDFAC\uD83C.mp4"));
        Assert.Equal("cat.mp4", FileName.Clean("\uDFACcat.mp4\uD83C"));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("folder/..")]
    [InlineData(" .. ")]
    [InlineData(".\u202E.")]
    public void Name_IsNone_WhenItIsAFolder(string given) => Assert.Null(FileName.Clean(given));

    [Theory]
    [InlineData("x", 255, 5000)]
    [InlineData("🎬", 127, 500)]
    [InlineData("👩‍👩‍👧‍👦", 23, 100)]
    [InlineData("e\u0301", 127, 500)]
    public void Name_IsCutBetweenCharacters_WhenItIsTooLong(string character, int kept, int given) =>
        Assert.Equal(string.Concat(Enumerable.Repeat(character, kept)), FileName.Clean(string.Concat(Enumerable.Repeat(character, given))));

    [Fact]
    public void Name_IsCutBetweenCodePoints_WhenOneCharacterIsTooLong() =>
        Assert.Equal(254, FileName.Clean("🎬" + string.Concat(Enumerable.Repeat("\U0001F3FB", 300)))!.Length);

    [Fact]
    public void Name_IsSafe_WhateverIsGiven() => Histories.Check(2_000, random =>
    {
        var given = string.Concat(Enumerable.Range(0, random.Next(400)).Select(_ => (char)random.Next(random.Next(2) == 0 ? 128 : 65_536)));
        if (FileName.Clean(given) is not { } name)
            return;
        Assert.InRange(name.Length, 1, 255);
        Assert.DoesNotContain(name, c => c is '/' or '\\' || char.IsControl(c));
        Assert.Equal(name, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(name)));
        Assert.Equal(name, FileName.Clean(name));
    });

    [Theory]
    [InlineData("form-data; name=\"video_file\"; filename=\"cat.mp4\"", "cat.mp4")]
    [InlineData("form-data; name=video_file; filename=cat.mp4", "cat.mp4")]
    [InlineData("form-data; name=\"video_file\"; filename=\"x\"; filename*=UTF-8''k%C3%A4tzchen.mp4", "kätzchen.mp4")]
    [InlineData("form-data; name=\"video_file\"; filename*=UTF-8''%F0%9F%8E%AC.mp4", "🎬.mp4")]
    [InlineData("form-data; name=\"video_file\"; filename*=utf-8'de'a%22b%5Cc.mp4", "c.mp4")]
    [InlineData("form-data; name=\"video_file\"; filename=\"видео 🎬.mp4\"", "видео 🎬.mp4")]
    [InlineData("form-data; name=\"video_file\"; filename=\"a\\\"b.mp4\"", "a\"b.mp4")]
    [InlineData("form-data; name=\"video_file\"; filename=\"a\\\\b.mp4\"", "b.mp4")]
    [InlineData("form-data; name=\"video_file\"; filename=\"C:\\Users\\ann\\cat.mp4\"", "cat.mp4")]
    [InlineData("form-data; name=\"video_file\"; filename=\"..\"", null)]
    [InlineData("form-data; name=\"video_file\"; filename=\"\"", null)]
    [InlineData("form-data; name=\"video_file\"", null)]
    [InlineData(";;;", null)]
    [InlineData(null, null)]
    public void Name_ComesFromTheDisposition_WhenAFormIsRead(string? disposition, string? expected)
    {
        var headers = disposition is null ? "" : $"Content-Type: video/mp4\r\nContent-Disposition: {disposition}";
        Assert.Equal(expected, FileName.Clean(MultipartHeaders.Parse(headers).FileName));
    }
}
