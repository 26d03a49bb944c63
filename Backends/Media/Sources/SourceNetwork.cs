using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Ingestion.Backends.Media.Tools;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.Media;

/// <summary>
/// A network namespace with a loopback and nothing else, in which the proxy listens: a tool that enters it reaches the proxy and no other address.
/// It lives as long as its descriptor is open. Linux, with the right to make namespaces (root, or CAP_SYS_ADMIN).
/// </summary>
internal sealed partial class SourceNetwork : IDisposable
{
    private const int NewNetwork = 0x40000000;
    private const uint SetFlags = 0x8914;
    private const short Up = 1;

    // struct ifreq: a name of 16 bytes, and a union whose first two are the flags.
    private const int RequestSize = 40;
    private const int FlagsOffset = 16;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly SafeFileHandle _namespace;

    private SourceNetwork(SafeFileHandle opened, Socket listener) => (_namespace, Listener) = (opened, listener);

    /// <summary>Bound to a free port of the namespace's loopback. The server that listens on it owns it.</summary>
    public Socket Listener { get; }

    /// <summary>What stands before a tool that works in here.</summary>
    public IReadOnlyList<string> Enter => ["nsenter", $"--net=/proc/{Environment.ProcessId}/fd/{_namespace.DangerousGetHandle()}"];

    /// <summary>Null where the system does not allow it.</summary>
    public static async Task<SourceNetwork?> TryCreateAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || Make() is not { } network)
            return null;
        var entered = false;
        try
        {
            entered = await IsEnteredAsync(network, cancellationToken);
            return entered ? network : null;
        }
        finally
        {
            if (!entered)
            {
                network.Listener.Dispose();
                network.Dispose();
            }
        }
    }

    public void Dispose() => _namespace.Dispose();

    /// <summary>On a thread of its own, whose only namespace it then is: a socket belongs for good to the namespace in which it was created.</summary>
    private static SourceNetwork? Make()
    {
        SourceNetwork? made = null;
        var thread = new Thread(() => made = MakeHere()) { IsBackground = true, Name = "source network" };
        thread.Start();
        thread.Join();
        return made;
    }

    private static SourceNetwork? MakeHere()
    {
        if (Unshare(NewNetwork) != 0)
            return null;
        SafeFileHandle? opened = null;
        Socket? listener = null;
        try
        {
            opened = File.OpenHandle("/proc/thread-self/ns/net", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            if (!TryRaiseLoopback(listener))
                throw new SocketException((int)SocketError.NetworkDown);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return new SourceNetwork(opened, listener);
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            listener?.Dispose();
            opened?.Dispose();
            return null;
        }
    }

    /// <summary>The kernel gives the interface its address 127.0.0.1 by itself.</summary>
    private static bool TryRaiseLoopback(Socket any)
    {
        Span<byte> request = stackalloc byte[RequestSize];
        request.Clear();
        Encoding.ASCII.GetBytes("lo", request);
        MemoryMarshal.Write(request[FlagsOffset..], Up);
        return Control(any.SafeHandle, SetFlags, ref MemoryMarshal.GetReference(request)) == 0;
    }

    private static async Task<bool> IsEnteredAsync(SourceNetwork network, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_patience);
        Process? trial = null;
        try
        {
            var start = ToolStart.Of(network.Enter[0], [.. network.Enter.Skip(1), "true"]);
            start.RedirectStandardError = true;
#pragma warning disable RS0030 // A command of the namespace itself, by the start of a tool, with as little environment.
            trial = Process.Start(start)!;
#pragma warning restore RS0030
            await trial.WaitForExitAsync(limit.Token);
            return trial.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // Not installed.
            return false;
        }
        catch (OperationCanceledException)
        {
            trial?.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            trial?.Dispose();
        }
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeHandle socket, nuint request, ref byte argument);
}
