namespace Ingestion.Backends.Media.Tools;

/// <summary>How a run ended.</summary>
internal enum ToolEnd
{
    /// <summary>By itself, with an exit code below 126: only this is an answer.</summary>
    Exited,

    /// <summary>By a signal that is not ours, an exit code of 126 or above, or it could not be started.</summary>
    Broke,

    /// <summary>It used up its processor time.</summary>
    CpuLimit,

    /// <summary>It did nothing for too long.</summary>
    Stalled,

    /// <summary>It took too long.</summary>
    OutOfTime,

    /// <summary>It printed too much.</summary>
    Flooded,

    /// <summary>The work was called off.</summary>
    Cancelled,
}

/// <summary>What a run left behind.</summary>
/// <param name="End">How it ended.</param>
/// <param name="ExitCode">As a shell gives it: 128 and the signal's number after a signal.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Complaint">The last 4 KB of its standard error, without control characters; the address of the source reads <c>source</c>.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="PeakBytes">The most resident memory that was seen; null when it was too short to be looked at.</param>
internal sealed record ToolRun(ToolEnd End, int ExitCode, byte[] Output, string Complaint, TimeSpan Elapsed, long? PeakBytes)
{
    public bool Succeeded => End is ToolEnd.Exited && ExitCode == 0;

    /// <summary>How it ended, for metrics and spans: few values, and stable.</summary>
    public string Outcome => End switch
    {
        ToolEnd.Exited => ExitCode == 0 ? "done" : "refused",
        ToolEnd.Broke => "broke",
        ToolEnd.CpuLimit => "cpu_limit",
        ToolEnd.Stalled => "stalled",
        ToolEnd.OutOfTime => "out_of_time",
        ToolEnd.Flooded => "flooded",
        _ => "cancelled",
    };

    /// <summary>The text for an operator.</summary>
    public string Summary => End is ToolEnd.Exited or ToolEnd.Broke ? $"exit code {ExitCode}" : End.ToString();
}

/// <summary>One run.</summary>
/// <param name="Program">The path of the tool.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Source">What it reads.</param>
/// <param name="LongestOutput">Bytes of standard output; more end it.</param>
internal sealed record ToolCommand(string Program, IReadOnlyList<string> Arguments, MediaSource Source, int LongestOutput)
{
    public string Name => Path.GetFileName(Program);
}
