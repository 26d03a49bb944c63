using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Ingestion.Backends.Media;
using Ingestion.Backends.Media.Tools;
using Ingestion.Tests.Unit.Media.Tools;
using Ingestion.Uploads;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Media.Corpus;

/// <summary>Makes every file of the corpus, two at a time, and has each of them recognised, measured and given a poster, as a worker does.</summary>
public sealed partial class Workshop : IAsyncLifetime, IDisposable
{
    private const int AtATime = 2;

    private readonly TempFolder _folder = new();
    private readonly TestRunner _test = new(new ToolOptions { DecodeMegapixels = 10 });
    private readonly ConcurrentDictionary<string, Lazy<Task>> _made = new();
    private readonly ConcurrentDictionary<string, Outcome> _outcomes = new();

    internal Outcome Of(string name) => _outcomes[name];

    public Task InitializeAsync() => ProgramPath.Missing("ffprobe", "ffmpeg") is not null ? Task.CompletedTask : Parallel.ForEachAsync(
        MediaCorpus.All, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (file, _) =>
        {
            await MakeAsync(file);
            _outcomes[file.Name] = await ProcessAsync(_folder.In(file.Name));
        });

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    private Task MakeAsync(MediaFile file) => _made.GetOrAdd(file.Name, _ => new Lazy<Task>(async () =>
    {
        foreach (var name in file.From)
            await MakeAsync(MediaCorpus.All.Single(other => other.Name == name));
        if (file.Edit is { } edit)
            await File.WriteAllBytesAsync(_folder.In(file.Name), edit(file.From is [var first, ..] ? await File.ReadAllBytesAsync(_folder.In(first)) : []));
        else
            await FfmpegAsync(file);
    })).Value;

    private async Task FfmpegAsync(MediaFile file)
    {
        // A pipe can't be rewound: what a muxer learns at the end is missing in the head.
        var isPiped = file.Arguments[^1] == "pipe:1";
        string[] output = isPiped ? [] : [file.Name];
        var (printed, errors, code) = await RunAsync("ffmpeg", ["-v", "error", "-nostdin", "-y", .. file.Arguments, .. output]);
        Assert.True(code == 0, $"{file.Name} could not be made: {errors}");
        if (isPiped)
            await File.WriteAllBytesAsync(_folder.In(file.Name), printed);
    }

    private async Task<Outcome> ProcessAsync(string path)
    {
        var start = new byte[IContainerSniffer.WantedBytes];
        await using (var stream = File.OpenRead(path))
            start = start[..await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false)];
        if (ContainerSniffer.Recognise(start) is not { } container)
            return new Outcome(new ContainerSniffer().WhyNot(start), null, null, null);

        var tools = new MediaTools(_test.Runner, ToolPaths.Find(Environment.GetEnvironmentVariable("PATH"))!, Options.Create(_test.Limits));
        var source = new MediaSource("id", path, container);
        var probe = await tools.ProbeAsync(source, default);
        var poster = probe.Media is { } media ? await tools.MakePosterAsync(source, media, default) : null;
        return new Outcome(null, probe, poster, poster?.Jpeg is { } jpeg ? await LookAsync(path, jpeg) : null);
    }

    /// <summary>The poster as another program sees it.</summary>
    private async Task<Picture> LookAsync(string path, byte[] jpeg)
    {
        await File.WriteAllBytesAsync(path + ".poster", jpeg);
        var (quarters, text, _) = await RunAsync(
            "ffmpeg", ["-v", "info", "-nostdin", "-f", "mjpeg", "-i", path + ".poster", "-vf", "scale=2:2:flags=area", "-pix_fmt", "gray",
                "-f", "rawvideo", "pipe:1"]);
        var size = Size().Match(text);
        return new Picture(int.Parse(size.Groups[1].ValueSpan, null), int.Parse(size.Groups[2].ValueSpan, null), size.Groups[3].Value, quarters);
    }

    private async Task<(byte[] Printed, string Errors, int Code)> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(ProgramPath.Find(program)!, arguments)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var printed = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(printed);
        await process.WaitForExitAsync();
        return (printed.ToArray(), await errors, process.ExitCode);
    }

    [GeneratedRegex(@"Video: mjpeg.* (\d+)x(\d+)(?: \[SAR (\d+:\d+))?")]
    private static partial Regex Size();
}

/// <summary>What became of a file.</summary>
internal sealed record Outcome(SourceRefusal? Refused, ProbeResult? Probe, PosterResult? Poster, Picture? Seen);

/// <summary>A poster.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Aspect">Of one pixel.</param>
/// <param name="Quarters">Luma of top left, top right, bottom left, bottom right.</param>
internal sealed record Picture(int Width, int Height, string Aspect, byte[] Quarters);
