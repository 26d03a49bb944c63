using System.Diagnostics;
using System.Text.Json;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Check;

/// <summary>Writes findings as they come, one a line or as JSON, and counts them. How far it is goes to the standard error.</summary>
internal sealed class CheckReport : IDisposable
{
    private static readonly TimeSpan _betweenLines = TimeSpan.FromSeconds(5);

    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Utf8JsonWriter? _json;
    private readonly Stream? _output;
    private long _lastLine = Stopwatch.GetTimestamp();

    public CheckReport(bool asJson)
    {
        if (!asJson)
            return;
        _output = Console.OpenStandardOutput();
        _json = new Utf8JsonWriter(_output, new JsonWriterOptions { Indented = true });
        _json.WriteStartObject();
        _json.WriteString("version", Product.Version);
        _json.WriteStartArray("findings");
    }

    public long Videos { get; set; }

    public long Uploads { get; set; }

    public long Objects { get; set; }

    /// <summary>What is wrong and was not repaired.</summary>
    public long Wrong { get; private set; }

    public long Repaired { get; private set; }

    public long LeftOver { get; private set; }

    public void Add(Finding finding)
    {
        if (finding.IsRepaired)
            Repaired++;
        else if (finding.Code.IsWrong)
            Wrong++;
        else
            LeftOver++;
        if (_json is null)
            Console.WriteLine($"{Kind(finding),-9} {finding.Code.Name,-20} {finding.Id,-32} {finding.Detail}");
        else
            Write(_json, finding);
    }

    /// <summary>A line now and then.</summary>
    public void Progress()
    {
        if (Stopwatch.GetElapsedTime(_lastLine) < _betweenLines)
            return;
        _lastLine = Stopwatch.GetTimestamp();
        Console.Error.WriteLine($"ingestion: checked {Counts()}, {Wrong + Repaired + LeftOver} findings so far");
    }

    /// <summary>The last line, or the end of the document.</summary>
    public void End(string what)
    {
        var seconds = Stopwatch.GetElapsedTime(_begun).TotalSeconds;
        if (_json is null)
        {
            Console.WriteLine($"Checked {Counts()} of {what} in {seconds:F1} s: {Verdict()}.");
            return;
        }

        _json.WriteEndArray();
        _json.WriteString("checked", what);
        foreach (var (name, count) in (ReadOnlySpan<(string, long)>)[("videos", Videos), ("uploads", Uploads), ("objects", Objects), ("wrong", Wrong),
            ("repaired", Repaired), ("left_over", LeftOver)])
            _json.WriteNumber(name, count);
        _json.WriteNumber("seconds", Math.Round(seconds, 1));
        _json.WriteEndObject();
        _json.Flush();
        Console.WriteLine();
    }

    public void Dispose()
    {
        _json?.Dispose();
        _output?.Dispose();
    }

    private static string Kind(Finding finding) => finding.IsRepaired ? "repaired" : finding.Code.IsWrong ? "wrong" : "left over";

    private string Counts() => $"{Videos} videos, {Uploads} uploads, {Objects} objects";

    private string Verdict() => Wrong + Repaired + LeftOver == 0 ? "all is right" : $"{Wrong} wrong, {Repaired} repaired, {LeftOver} left over";

    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("kind", Kind(finding).Replace(' ', '_'));
        json.WriteString("code", finding.Code.Name);
        json.WriteString("id", finding.Id);
        json.WriteString("detail", finding.Detail);
        json.WriteEndObject();
        json.Flush();
    }
}
