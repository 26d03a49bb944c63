using System.ComponentModel;
using System.Diagnostics;

namespace Ingestion.Backends.Media;

/// <summary>What a program left behind.</summary>
/// <param name="ExitCode">0 on success, as the process reports it.</param>
/// <param name="Output">Its standard output.</param>
internal readonly record struct ExternalRun(int ExitCode, byte[] Output);

/// <summary>Runs a program to its end, bounded in time and output.</summary>
internal static class ExternalProcess
{
    /// <summary>Throws <see cref="TimeoutException"/> when it takes too long and <see cref="InvalidDataException"/> when it writes too much; it is dead then.</summary>
    public static async Task<ExternalRun> RunAsync(string program, IEnumerable<string> arguments, int longestOutput, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(program, arguments) };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        process.Start();
        process.StandardInput.Close();
        try
        {
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit.Token);
            var output = await ReadAsync(process.StandardOutput.BaseStream, longestOutput, limit.Token);
            await errors;
            await process.WaitForExitAsync(limit.Token);
            return new ExternalRun(process.ExitCode, output);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{Path.GetFileName(program)} took longer than {timeout.TotalSeconds:0} s.");
        }
        finally
        {
            Kill(process);
        }
    }

    private static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int longest, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (content.Length + read > longest)
                throw new InvalidDataException($"The program printed more than {longest} bytes.");
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended in this very moment.
        }
    }
}
