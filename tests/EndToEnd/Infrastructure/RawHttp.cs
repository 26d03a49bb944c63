using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>HTTP/1.1 by hand over a socket: for requests that a client library would set right, or not break off.</summary>
internal sealed class RawHttp(Uri address) : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    // One for all answers of the connection: it reads ahead.
    private StreamReader? _reader;

    /// <summary>One request without body and its answer.</summary>
    public static async Task<Answer> RequestAsync(Uri address, string method, string target, params string[] headers)
    {
        using var http = new RawHttp(address);
        await http.SendHeadAsync($"{method} {target} HTTP/1.1", headers);
        return await http.ReadAsync();
    }

    /// <summary>The same for another host than the connected one.</summary>
    public static async Task<Answer> RequestForAsync(Uri address, string host, string method, string target, params string[] headers)
    {
        using var http = new RawHttp(address);
        await http._socket.ConnectAsync(IPAddress.Loopback, address.Port);
        await http.SendAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", [$"{method} {target} HTTP/1.1", $"Host: {host}", .. headers, "", ""])));
        return await http.ReadAsync();
    }

    public async Task SendHeadAsync(string requestLine, params string[] headers)
    {
        await _socket.ConnectAsync(IPAddress.Loopback, address.Port);
        await SendRequestAsync(requestLine, headers);
    }

    /// <summary>The head of a further request, over the same connection.</summary>
    public Task SendRequestAsync(string requestLine, params string[] headers) =>
        SendAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", [requestLine, $"Host: {address.Authority}", .. headers, "", ""])));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    /// <summary>What is written there is sent as it is.</summary>
    public Stream AsStream() => new NetworkStream(_socket, ownsSocket: false);

    /// <summary>Closes its sending side, and still reads.</summary>
    public void Shutdown()
    {
        // A stream can't be made of a socket that is half closed.
        Reader();
        _socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Waits until the peer has ended the connection, with an answer, without one, or by a reset.</summary>
    public async Task EndAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            while (await Reader().ReadLineAsync(deadline.Token) is not null)
            {
                // What it says does not matter.
            }
        }
        catch (IOException)
        {
            // A reset is an end.
        }
    }

    /// <summary>Vanishes: the peer gets a reset instead of an end.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    /// <summary>The status of an answer, whether or not the rest of it comes; null when the connection ends without one.</summary>
    public async Task<int?> TryReadStatusAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        return await Reader().ReadLineAsync(deadline.Token) is { } first ? int.Parse(first.Split(' ')[1], CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Reads one answer with a body of known length, chunked, or up to the end of the connection.</summary>
    public async Task<Answer> ReadAsync()
    {
        var status = await TryReadStatusAsync() ?? throw new IOException("The connection ended without an answer.");
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var reader = Reader();
        var headers = new List<(string, string)>();
        while (await reader.ReadLineAsync(deadline.Token) is { Length: > 0 } line)
            headers.Add((line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));
        var lookup = Answer.ToLookup(headers);
        var body = lookup["Transfer-Encoding"].Any() ? await ReadChunksAsync(reader, deadline.Token)
            : lookup["Content-Length"].FirstOrDefault() is { } length ? await ReadAsync(reader, int.Parse(length, CultureInfo.InvariantCulture), deadline.Token)
            : "";
        return new Answer(status, lookup, Encoding.Latin1.GetBytes(body));
    }

    /// <summary>Reads on until these bytes have come; false when the connection ends before. Latin-1, so that a character is a byte.</summary>
    public async Task<bool> ReceivesAsync(byte[] wanted)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var (text, received) = (Encoding.Latin1.GetString(wanted), new StringBuilder());
        var (reader, buffer) = (Reader(), new char[1024]);
        while (!received.ToString().Contains(text, StringComparison.Ordinal))
        {
            var count = await reader.ReadAsync(buffer, deadline.Token);
            if (count == 0)
                return false;
            received.Append(buffer, 0, count);
        }

        return true;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _socket.Dispose();
    }

    private StreamReader Reader() => _reader ??= new StreamReader(AsStream(), Encoding.Latin1);

    private static async Task<string> ReadChunksAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var body = new StringBuilder();
        while (int.Parse(await LineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var length)
        {
            body.Append(await ReadAsync(reader, length, cancellationToken));
            await reader.ReadLineAsync(cancellationToken);
        }

        await reader.ReadLineAsync(cancellationToken);
        return body.ToString();

        async Task<string> LineAsync() => await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("The connection ended within an answer.");
    }

    private static async Task<string> ReadAsync(StreamReader reader, int length, CancellationToken cancellationToken)
    {
        // An empty read would wait for what comes behind.
        if (length == 0)
            return "";
        var buffer = new char[length];
        var read = await reader.ReadBlockAsync(buffer, cancellationToken);
        return new string(buffer, 0, read);
    }
}
