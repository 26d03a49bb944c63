using System.ComponentModel;
using System.Diagnostics;

namespace Ingestion.Backends.Media.Tools;

/// <summary>A started tool with the shell that supervises it. While this is held and its input is open, the tool may run.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;
    private readonly bool _supervised;
    private int _end = (int)ToolEnd.Exited;

    private ToolProcess(Process process, bool supervised) => (_process, _supervised) = (process, supervised);

    public Stream Output => _process.StandardOutput.BaseStream;

    public Stream Errors => _process.StandardError.BaseStream;

    public int Id => _process.Id;

    /// <summary>Why it was stopped; <see cref="ToolEnd.Exited"/> as long as it was not.</summary>
    public ToolEnd Stopped => (ToolEnd)Volatile.Read(ref _end);

    /// <exception cref="Win32Exception">It can't be started.</exception>
    public static ToolProcess Start(IReadOnlyList<string> commandLine, string folder, bool supervised)
    {
        var start = ToolStart.Of(commandLine[0], commandLine.Skip(1));
        start.WorkingDirectory = folder;
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
#pragma warning disable RS0030 // The one place for it.
        var tool = new ToolProcess(Process.Start(start)!, supervised);
#pragma warning restore RS0030
        if (!supervised)
            tool._process.StandardInput.Close();
        return tool;
    }

    /// <summary>Ends it; the first reason counts.</summary>
    public void Stop(ToolEnd why)
    {
        if (Interlocked.CompareExchange(ref _end, (int)why, (int)ToolEnd.Exited) != (int)ToolEnd.Exited)
            return;
        if (_supervised)
            CloseInput();
        else
            Kill();
    }

    /// <summary>Its exit code, as a shell gives it.</summary>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Kills the supervisor with all below it, when it does not do its work.</summary>
    public void Kill()
    {
        try
        {
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended in this very moment.
        }
    }

    public void Dispose()
    {
        CloseInput();
        Kill();
        _process.Dispose();
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The supervisor is gone.
        }
    }
}
