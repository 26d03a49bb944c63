using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Ingestion.Api.Uploads.Form;
using Microsoft.AspNetCore.WebUtilities;

// What reading one form of 12.5 MB costs: ours, the framework's MultipartReader, and the bare pipe, in turn, so that all meet the same machine.
const int FileBytes = 12_500_000, BlockBytes = 32 * 1024, Rounds = 60, WarmUp = 20;
const string Boundary = "----bench-boundary-0123456789";

var form = new byte[FileBytes + 1024];
var head = Encoding.ASCII.GetBytes(
    $"--{Boundary}\r\nContent-Disposition: form-data; name=\"video_file\"; filename=\"v.mp4\"\r\n"
    + "Content-Type: video/mp4\r\n\r\n");
var tail = Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n");
head.CopyTo(form, 0);
new Random(1).NextBytes(form.AsSpan(head.Length, FileBytes));
tail.CopyTo(form, head.Length + FileBytes);
var length = head.Length + FileBytes + tail.Length;
var destination = new byte[1024 * 1024];

(string Name, Func<PipeReader, Task<long>> ReadAsync, List<Cost> Costs)[] readers =
[
    ("bare pipe", BareAsync, []),
    ("MultipartBody", OursAsync, []),
    ("MultipartReader", FrameworksAsync, []),
];
for (var round = 0; round < WarmUp + Rounds; round++)
{
    foreach (var reader in readers)
    {
        var cost = await MeasureAsync(reader.ReadAsync);
        if (round >= WarmUp)
            reader.Costs.Add(cost);
    }
}

foreach (var (name, _, costs) in readers)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{name,-16} {Median(costs, c => c.Milliseconds),6:0.00} ms CPU a form, {Median(costs, c => c.Allocated) / 1024,8:0.0} KiB allocated"));

static double Median(List<Cost> costs, Func<Cost, double> of) => costs.Select(of).Order().ElementAt(costs.Count / 2);

async Task<Cost> MeasureAsync(Func<PipeReader, Task<long>> readAsync)
{
    var pipe = new Pipe(new PipeOptions(minimumSegmentSize: BlockBytes, pauseWriterThreshold: 4 * BlockBytes, resumeWriterThreshold: 2 * BlockBytes,
        useSynchronizationContext: false));
    var (cpu, allocated) = (Process.GetCurrentProcess().TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true));
    var writing = WriteAsync(pipe.Writer);
    var read = await readAsync(pipe.Reader);
    await pipe.Reader.CompleteAsync();
    await writing;
    var cost = new Cost((Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds, GC.GetTotalAllocatedBytes(precise: true) - allocated);
    return read >= FileBytes ? cost : throw new InvalidOperationException($"{read} bytes were read.");
}

async Task WriteAsync(PipeWriter writer)
{
    for (var at = 0; at < length; at += BlockBytes)
        await writer.WriteAsync(form.AsMemory(at, Math.Min(BlockBytes, length - at)));
    await writer.CompleteAsync();
}

async Task<long> BareAsync(PipeReader reader)
{
    var stream = reader.AsStream();
    long total = 0;
    int read;
    while ((read = await stream.ReadAsync(destination)) > 0)
        total += read;
    return total;
}

async Task<long> OursAsync(PipeReader reader)
{
    var body = new MultipartBody(reader, Boundary);
    long total = 0;
    while (await body.NextPartAsync(default) is not null)
    {
        int read;
        while ((read = await body.ReadAsync(destination, default)) > 0)
            total += read;
    }

    return total;
}

async Task<long> FrameworksAsync(PipeReader reader)
{
    var body = new MultipartReader(Boundary, reader.AsStream(), BlockBytes);
    long total = 0;
    while (await body.ReadNextSectionAsync() is { } section)
    {
        int read;
        while ((read = await section.Body.ReadAsync(destination)) > 0)
            total += read;
    }

    return total;
}

internal readonly record struct Cost(double Milliseconds, double Allocated);
