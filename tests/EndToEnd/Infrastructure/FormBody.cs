using System.Text;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>multipart/form-data put together by hand, so that it can be wrong.</summary>
internal sealed class FormBody(string boundary = "----form-boundary")
{
    private readonly List<byte> _body = [];

    public string ContentType { get; init; } = $"multipart/form-data; boundary=\"{boundary}\"";

    public byte[] Bytes => [.. _body];

    /// <summary>A whole form with one file in it.</summary>
    public static FormBody Of(byte[] content, string fileName = "clip.mp4", string field = "video_file") => new FormBody().File(content, fileName, field).End();

    public FormBody File(byte[] content, string fileName = "clip.mp4", string field = "video_file") =>
        Text($"--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{fileName}\"\r\nContent-Type: video/mp4\r\n\r\n").Raw(content)
            .Text("\r\n");

    public FormBody Field(string name, string value) => Text($"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");

    public FormBody End() => Text($"--{boundary}--\r\n");

    public FormBody Text(string text) => Raw(Encoding.UTF8.GetBytes(text));

    public FormBody Raw(byte[] bytes)
    {
        _body.AddRange(bytes);
        return this;
    }
}
