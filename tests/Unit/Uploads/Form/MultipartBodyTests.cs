using System.IO.Pipelines;
using System.Text;
using Ingestion.Api.Uploads.Form;
using Microsoft.AspNetCore.WebUtilities;

namespace Ingestion.Tests.Unit.Uploads.Form;

public sealed class MultipartBodyTests
{
    private const string Boundary = "----edge42";

    [Fact]
    public async Task Parts_AreReadAsTheFrameworkReadsThem_HoweverTheBytesArrive()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var body = RandomBody(random);
            var expected = await ReadWithFrameworkAsync(body);
            var actual = await ReadAsync(body, random);
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no boundary at all")]
    [InlineData("------edge42")]
    [InlineData("------edge42\r\nContent-Disposition: form-data; name=a")]
    [InlineData("------edge42\r\nContent-Disposition: form-data; name=a\r\n\r\nbytes without an end")]
    [InlineData("------edge42\r\n\r\nbytes\r\n------edge4")]
    [InlineData("------edge42x\r\n\r\nbytes\r\n------edge42--")]
    public async Task Reading_FailsAsInvalidData_WhenTheBodyBreaksOff(string body) =>
        await Assert.ThrowsAsync<MultipartFormatException>(() => ReadAsync(Encoding.ASCII.GetBytes(body), new Random(1)));

    [Fact]
    public async Task Headers_AreRefused_WhenTheyDoNotEnd()
    {
        var body = Encoding.ASCII.GetBytes("------edge42\r\nX: " + new string('x', 40_000));
        await Assert.ThrowsAsync<MultipartFormatException>(() => ReadAsync(body, new Random(1)));
    }

    [Fact]
    public async Task Names_AreThoseOfTheDisposition()
    {
        var body = Encoding.UTF8.GetBytes(
            "------edge42\r\ncontent-type: video/mp4\r\n"
            + "content-disposition: form-data; name=\"video_file\"; filename=\"Übung; 1.mp4\"\r\n\r\nx\r\n------edge42--\r\n");
        var form = new MultipartBody(PipeReader.Create(new MemoryStream(body)), Boundary);
        Assert.Equal(new MultipartHeaders("video_file", "Übung; 1.mp4") { ContentType = "video/mp4" }, await form.NextPartAsync(default));
        Assert.Equal(body.Length - "x".Length - form.ClosingLength, form.Consumed);
    }

    [Theory]
    [InlineData("Content-Disposition: form-data; name=\"video_file\"; filename=\"a.mp4\"", "video_file", "a.mp4", true)]
    [InlineData("Content-Disposition: form-data;\r\n name=\"video_file\";\r\n\tfilename=\"a.mp4\"", "video_file", "a.mp4", true)]
    [InlineData("X: 1\r\n folded\r\ncontent-disposition:\r\n form-data; name=a", "a", null, true)]
    [InlineData("Content-Disposition: attachment; name=\"video_file\"; filename=\"a.mp4\"", null, null, false)]
    [InlineData("Content-Disposition: inline", null, null, false)]
    [InlineData("Content-Disposition: ;;", null, null, false)]
    [InlineData("Content-Type: video/mp4", null, null, true)]
    [InlineData("", null, null, true)]
    public void Headers_AreThoseOfAForm_WhenTheirDispositionIs(string lines, string? name, string? fileName, bool isOfAForm)
    {
        var headers = MultipartHeaders.Parse(lines);
        Assert.Equal((name, fileName, isOfAForm), (headers.Name, headers.FileName, headers.IsOfAForm));
    }

    /// <summary>Bytes full of what looks nearly like a delimiter.</summary>
    private static byte[] RandomBody(Random random)
    {
        using var body = new MemoryStream();
        void Write(string text) => body.Write(Encoding.Latin1.GetBytes(text));
        if (random.Next(4) == 0)
            Write("a preamble\r\n");
        Write("--" + Boundary);
        for (var part = random.Next(1, 4); part > 0; part--)
        {
            Write((random.Next(3) == 0 ? "  " : "") + "\r\n");
            if (random.Next(5) > 0)
                Write($"Content-Disposition: form-data; name=\"f{part}\"; filename=\"v.mp4\"\r\n");
            Write("\r\n");
            string[] bits = ["\r", "\n", "\r\n", "--", "\r\n--", "\r\n------edge4", "\r\r\n------edge", new string('v', random.Next(5000)), "\0ÿ"];
            for (var bit = random.Next(12); bit > 0; bit--)
                Write(bits[random.Next(bits.Length)]);
            Write("\r\n--" + Boundary);
        }

        Write("--" + (random.Next(2) == 0 ? "\r\nan epilogue" : ""));
        return body.ToArray();
    }

    private static async Task<List<string>> ReadWithFrameworkAsync(byte[] body)
    {
        var parts = new List<string>();
        var reader = new MultipartReader(Boundary, new MemoryStream(body));
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            using var content = new MemoryStream();
            await section.Body.CopyToAsync(content);
            var headers = MultipartHeaders.Parse(section.ContentDisposition is { } disposition ? "Content-Disposition:" + disposition : "");
            parts.Add($"{headers} {Convert.ToBase64String(content.ToArray())}");
        }

        return parts;
    }

    private static async Task<List<string>> ReadAsync(byte[] body, Random random)
    {
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 16, pauseWriterThreshold: 0, useSynchronizationContext: false));
        var feeding = FeedAsync(pipe.Writer, body, random.Next());
        var parts = new List<string>();
        var form = new MultipartBody(pipe.Reader, Boundary);
        var buffer = new byte[random.Next(1, 300)];
        while (await form.NextPartAsync(default) is { } headers)
        {
            using var content = new MemoryStream();
            int read;
            while ((read = await form.ReadAsync(buffer, default)) > 0)
                content.Write(buffer, 0, read);
            parts.Add($"{headers} {Convert.ToBase64String(content.ToArray())}");
        }

        await feeding;
        return parts;
    }

    private static async Task FeedAsync(PipeWriter writer, byte[] body, int seed)
    {
        var random = new Random(seed);
        for (var sent = 0; sent < body.Length;)
        {
            var count = Math.Min(random.Next(1, 700), body.Length - sent);
            await writer.WriteAsync(body.AsMemory(sent, count));
            sent += count;
            await Task.Yield();
        }

        await writer.CompleteAsync();
    }
}
