using System.Diagnostics;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>What a process prints, line by line.</summary>
internal sealed class ProcessLog
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    public void Follow(Process process)
    {
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public override string ToString()
    {
        lock (_gate)
            return _text.ToString();
    }

    private void Append(string? line)
    {
        lock (_gate)
            _text.AppendLine(line);
    }
}
