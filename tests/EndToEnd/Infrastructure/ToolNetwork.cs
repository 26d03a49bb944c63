using Microsoft.Win32.SafeHandles;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>The network of a running tool, which stays open when the tool has ended: what the tool would get from an address.</summary>
internal sealed class ToolNetwork : IDisposable
{
    private readonly SafeFileHandle _namespace;

    public ToolNetwork(int pid)
    {
        var path = $"/proc/{pid}/ns/net";
        IsApart = new FileInfo(path).LinkTarget != new FileInfo("/proc/self/ns/net").LinkTarget;
        _namespace = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
    }

    /// <summary>Whether it is another one than that of the tests.</summary>
    public bool IsApart { get; }

    /// <summary>The status and the body of a GET.</summary>
    public async Task<(string Status, byte[] Body)> GetAsync(Uri address)
    {
        var script = $"exec 3<>/dev/tcp/{address.Host}/{address.Port} && printf 'GET {address.AbsolutePath} HTTP/1.0\\r\\n\\r\\n' >&3 && base64 -w0 <&3";
        string[] enter = IsApart ? ["nsenter", $"--net=/proc/{Environment.ProcessId}/fd/{_namespace.DangerousGetHandle()}"] : ["env"];
        var run = await Executable.RunAsync(enter[0], [.. enter.Skip(1), "bash", "-c", script]);
        Assert.Equal(0, run.ExitCode);
        var answer = Convert.FromBase64String(run.Output.Trim());
        var head = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        return (System.Text.Encoding.ASCII.GetString(answer, 0, head).Split(' ')[1], answer[(head + 4)..]);
    }

    public void Dispose() => _namespace.Dispose();
}
