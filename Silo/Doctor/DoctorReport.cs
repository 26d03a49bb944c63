using System.Text.Json;
using Ingestion.Doctor;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Doctor;

/// <summary>Writes what is found as it comes, one a line or as JSON, and counts it.</summary>
internal sealed class DoctorReport : IDisposable
{
    private readonly Utf8JsonWriter? _json;
    private readonly Stream? _output;
    private readonly int[] _counts = new int[3];

    public DoctorReport(bool asJson)
    {
        if (!asJson)
            return;
        _output = Console.OpenStandardOutput();
        _json = new Utf8JsonWriter(_output, new JsonWriterOptions { Indented = true });
        _json.WriteStartObject();
        _json.WriteString("version", Product.Version);
        _json.WriteStartArray("findings");
    }

    public void Add(Look look, Diagnosis diagnosis)
    {
        _counts[(int)diagnosis.Verdict]++;
        var advice = diagnosis.Verdict is Verdict.Ok ? null : look.Advice;
        if (_json is null)
        {
            Console.WriteLine($"{NameOf(diagnosis.Verdict),-8} {look.Subject,-16} {diagnosis.Finding}");
            if (advice is not null)
                Console.WriteLine($"{"",-8} {"",-16} -> {advice}");
            return;
        }

        _json.WriteStartObject();
        _json.WriteString("verdict", NameOf(diagnosis.Verdict));
        _json.WriteString("subject", look.Subject);
        _json.WriteString("finding", diagnosis.Finding);
        if (advice is not null)
            _json.WriteString("advice", advice);
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>The last line, or the end of the document; whether a silo can run.</summary>
    public bool End()
    {
        var (well, warnings, wrong) = (_counts[(int)Verdict.Ok], _counts[(int)Verdict.Warning], _counts[(int)Verdict.Wrong]);
        if (_json is null)
        {
            Console.WriteLine($"{well + warnings + wrong} looks: {well} ok, {warnings} warnings, {wrong} wrong.");
            return wrong == 0;
        }

        _json.WriteEndArray();
        foreach (var (name, count) in (ReadOnlySpan<(string, int)>)[("ok", well), ("warnings", warnings), ("wrong", wrong)])
            _json.WriteNumber(name, count);
        _json.WriteEndObject();
        _json.Flush();
        Console.WriteLine();
        return wrong == 0;
    }

    public void Dispose()
    {
        _json?.Dispose();
        _output?.Dispose();
    }

    private static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warning => "warning",
        _ => "wrong",
    };
}
