using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Status.Events;

/// <summary>Clients that have vanished without a word, as a phone that is off or a NAT that forgot the connection: their peer answers no more.</summary>
public sealed class DeadPeerTests
{
    // A sign of life every 10 s, and the kernel's patience of 25 s; for streams and polls alike.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task StreamsAndPollsGiveTheirPlacesBack_WhenTheirClientsHaveVanished()
    {
        // The way to take a connection off the network here is the kernel's own.
        if (!OperatingSystem.IsLinux())
            return;
        await using var silo = await SiloProcess.StartAsync(null, ("Sockets__MaxSocketsPerUser", "2"), ("RateLimits__HeldPollsPerUser", "1"));
        using var api = silo.As("ann");
        using var admin = silo.As("operator", "admin");
        using var one = await RequestAsync(silo, api, "/api/events");
        using var two = await RequestAsync(silo, api, "/api/events");
        using var poll = await RequestAsync(silo, api, "/api/events/poll?after=0:0&wait=60", hasAnswer: false);
        await Eventually.TrueAsync(async () => await CountAsync(admin) == 2, "both streams have their places");
        (await api.GetAsync("/api/events")).IsProblem(429, "too_many_sockets");
        await Eventually.TrueAsync(async () => (await api.GetAsync("/api/events/poll?after=0:0&wait=1")).Status == 429, "the poll waits");
        var began = Stopwatch.GetTimestamp();
        foreach (var socket in new[] { one, two, poll })
            Vanish(socket);

        await Eventually.TrueAsync(async () => await CountAsync(admin) == 0, "the places of the streams are free");
        await Eventually.TrueAsync(async () => (await api.GetAsync("/api/events/poll?after=0:0&wait=0")).Status == 200, "the place of the poll is free");

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(1), _longest + TimeSpan.FromSeconds(10));
    }

    private static async Task<int> CountAsync(ApiClient admin) =>
        (await admin.GetJsonAsync("/api/admin/users/ann/sockets")).GetProperty("items").GetArrayLength();

    private static async Task<Socket> RequestAsync(SiloProcess silo, ApiClient api, string path, bool hasAnswer = true)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, silo.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.Token}\r\n\r\n"));
        if (hasAnswer)
            Assert.NotEqual(0, await socket.ReceiveAsync(new byte[4096]));
        return socket;
    }

    /// <summary>From now on the kernel drops every packet that comes for it, before anything could acknowledge one: a socket filter that takes none.</summary>
    private static void Vanish(Socket socket)
    {
        const int SocketLevel = 1;
        const int AttachFilter = 26;
        // One instruction, BPF_RET with 0 bytes, and the struct sock_fprog that points to it.
        var code = Marshal.AllocHGlobal(8);
        try
        {
            Marshal.Copy(new byte[] { 6, 0, 0, 0, 0, 0, 0, 0 }, 0, code, 8);
            var program = new byte[2 * IntPtr.Size];
            BitConverter.TryWriteBytes(program, (ushort)1);
            BitConverter.TryWriteBytes(program.AsSpan(IntPtr.Size), code.ToInt64());
            socket.SetRawSocketOption(SocketLevel, AttachFilter, program);
        }
        finally
        {
            Marshal.FreeHGlobal(code);
        }
    }
}
