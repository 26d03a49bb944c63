using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Ingestion.Bench.StatusLoad;

/// <summary>A form of one file that records when its last byte went to the kernel.</summary>
internal sealed class TimedForm : HttpContent
{
    private const string Boundary = "bench-boundary";

    private static readonly byte[] _head = Encoding.ASCII.GetBytes(
        $"--{Boundary}\r\nContent-Disposition: form-data; name=\"video_file\"; filename=\"a.mp4\"\r\nContent-Type: video/mp4\r\n\r\n");
    private static readonly byte[] _tail = Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n");

    private readonly byte[] _file;

    public TimedForm(byte[] file)
    {
        _file = file;
        Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=" + Boundary);
    }

    /// <summary>Timestamp of the last byte.</summary>
    public long LastByte { get; private set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_head);
        await stream.WriteAsync(_file);
        await stream.WriteAsync(_tail);
        await stream.FlushAsync();
        LastByte = Stopwatch.GetTimestamp();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _head.Length + _file.Length + _tail.Length;
        return true;
    }
}
