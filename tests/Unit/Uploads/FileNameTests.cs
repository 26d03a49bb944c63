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

    [Fact]
    public void Name_HasNoHalfCharacters_WhenCleaned() => Assert.Equal("cat.mp4", FileName.Clean("cat\uD83C\uDFAC\uD83C.mp4"));

    [Fact]
    public void Name_IsCut_WhenItIsTooLong() => Assert.Equal(new string('x', 255), FileName.Clean(new string('x', 5000)));

    [Fact]
    public void Name_IsSafe_WhateverIsGiven() => Histories.Check(2_000, random =>
    {
        var given = string.Concat(Enumerable.Range(0, random.Next(400)).Select(_ => (char)random.Next(random.Next(2) == 0 ? 128 : 65_536)));
        if (FileName.Clean(given) is not { } name)
            return;
        Assert.InRange(name.Length, 1, 255);
        Assert.DoesNotContain(name, c => c is '/' or '\\' || char.IsControl(c) || char.IsSurrogate(c));
    });

    [Theory]
    [InlineData("form-data; name=\"video_file\"; filename=\"cat.mp4\"", "cat.mp4")]
    [InlineData("form-data; name=video_file; filename=cat.mp4", "cat.mp4")]
    [InlineData("form-data; name=\"video_file\"; filename=\"x\"; filename*=UTF-8''k%C3%A4tzchen.mp4", "kätzchen.mp4")]
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
