using System.Net.Sockets;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>A refusal comes before the end of a large body. It reaches clients that send everything before they read, without Expect.</summary>
public sealed class EarlyRefusalTests(EarlyRefusalTests.Refusing shared) : IClassFixture<EarlyRefusalTests.Refusing>
{
    private const int Rounds = 20;

    // Far more than the sockets of both sides hold.
    private const int Size = 40_000_000;

    private const string Form = "Content-Type: multipart/form-data; boundary=b";
    private const string Id = "00000000000000000000000000000000";

    public static TheoryData<string, string, string[], int> Cases => new()
    {
        { "anonymous", "POST /api/videos/upload", [Form], 401 },
        { "wrong", "POST /api/videos/upload", [Form], 401 },
        { "reader", "POST /api/videos/upload", [Form], 403 },
        { "hasty", "POST /api/videos/upload", [Form], 429 },
        { "ann", "POST /api/videos/upload", ["Content-Type: text/plain"], 400 },
        { "ann", "POST /api/videos/upload", [Form], 400 },
        { "wrong", $"PATCH /api/uploads/{Id}", ["Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream"], 401 },
        { "ann", $"PATCH /api/uploads/{Id}", ["Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream"], 404 },
        { "ann", $"PATCH /api/uploads/{Id}", ["Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: text/plain"], 415 },
        { "wrong", "POST /api/uploads", ["Tus-Resumable: 1.0.0", $"Upload-Length: {Size}", "Content-Type: application/offset+octet-stream"], 401 },
        { "ann", "POST /api/uploads", ["Tus-Resumable: 1.0.0", "Upload-Length: 99999999999999", "Content-Type: application/offset+octet-stream"], 413 },
        { "wrong", "POST /api/uploads", ["Upload-Complete: ?1"], 401 },
        { "wrong", $"PATCH /api/uploads/{Id}", ["Upload-Complete: ?1", "Upload-Offset: 0", "Content-Type: application/partial-upload"], 401 },
        { "anonymous", $"PUT /api/uploads/{Id}/parts/1?size={Size}&expires=99999999999&signature=x", [], 403 },
        { "wrong", "POST /api/uploads/direct", ["Content-Type: application/json"], 401 },
        { "ann", "POST /api/uploads/direct", ["Content-Type: application/json"], 413 },
        { "wrong", "POST /api/webhooks", ["Content-Type: application/json"], 401 },
        { "ann", "POST /api/webhooks", ["Content-Type: text/plain"], 415 },
        { "ann", "POST /api/nothing", ["Content-Type: text/plain"], 404 },
        { "ann", "PUT /api/videos/upload", ["Content-Type: text/plain"], 405 },
        { "ann", "POST /api/videos", ["X-HTTP-Method-Override: BREW"], 400 },
        { "ann", "PUT /health/ready", ["Content-Type: text/plain"], 405 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task AnswerIsWhole_WhenTheBodyIsSentToItsEnd(string user, string request, string[] fields, int status)
    {
        for (var round = 0; round < Rounds; round++)
            Assert.Equal(status, await SendAsync([$"{request} HTTP/1.1", .. fields, .. shared.Authorization(user), $"Content-Length: {Size}"], SendWholeAsync));
    }

    [Fact]
    public async Task AnswerIsWhole_WhenTheBodyIsChunked()
    {
        for (var round = 0; round < Rounds; round++)
            Assert.Equal(401, await SendAsync(["POST /api/videos/upload HTTP/1.1", Form, "Transfer-Encoding: chunked"], SendChunksAsync));
    }

    /// <summary>A client that stops in the middle holds its connection for some seconds, not for as long as it likes.</summary>
    [Fact]
    public async Task ConnectionEnds_WhenTheRestOfTheBodyNeverComes()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Head(["POST /api/videos/upload HTTP/1.1", Form, $"Content-Length: {Size}"]));
        await client.SendAsync(new byte[100_000]);
        Assert.StartsWith("HTTP/1.1 401", await ReadAsync(client), StringComparison.Ordinal);
        await EndAsync(client);
    }

    /// <summary>The next request of the connection is understood.</summary>
    [Fact]
    public async Task ConnectionStaysOpen_WhenTheRestOfTheBodyHasCome()
    {
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync("POST /api/videos/upload HTTP/1.1", Form, $"Content-Length: {Size}");
        await http.SendAsync(new byte[Size]);
        (await http.ReadAsync()).IsProblem(401, "token_missing");
        await http.SendRequestAsync("GET /health/live HTTP/1.1");
        Assert.Equal(200, (await http.ReadAsync()).Status);
    }

    private async Task<int> SendAsync(string[] head, Func<Socket, Task> sendBody)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(Head(head));
        await sendBody(client);
        var answer = await ReadAsync(client);
        return int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task SendWholeAsync(Socket client)
    {
        var some = new byte[64 * 1024];
        for (var left = Size; left > 0; left -= some.Length)
            await client.SendAsync(some.AsMemory(0, Math.Min(left, some.Length)));
    }

    private static async Task SendChunksAsync(Socket client)
    {
        var chunk = (byte[])[.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];
        for (var left = Size; left > 0; left -= 0x10000)
            await SendAllAsync(client, chunk);
        await SendAllAsync(client, "0\r\n\r\n"u8.ToArray());
    }

    private static async Task SendAllAsync(Socket client, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await client.SendAsync(bytes)..];
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(System.Net.IPAddress.Loopback, shared.Silo.Address.Port);
        return client;
    }

    private byte[] Head(string[] lines) => Encoding.ASCII.GetBytes(string.Join("\r\n", [.. lines, $"Host: {shared.Silo.Address.Authority}", "", ""]));

    /// <summary>One answer: its body has a length of zero, is a document, or is chunked.</summary>
    private static async Task<string> ReadAsync(Socket client)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var (answer, buffer) = ("", new byte[4096]);
        while (!IsWhole(answer))
        {
            var count = await client.ReceiveAsync(buffer, deadline.Token);
            Assert.True(count > 0, $"The connection ended within: {answer}");
            answer += Encoding.Latin1.GetString(buffer, 0, count);
        }

        return answer;
    }

    private static bool IsWhole(string answer) =>
        answer.EndsWith("0\r\n\r\n", StringComparison.Ordinal) || (answer.Contains("Content-Length:", StringComparison.Ordinal) && answer.EndsWith('}'))
        || (answer.Contains("Content-Length: 0\r\n", StringComparison.Ordinal) && answer.EndsWith("\r\n\r\n", StringComparison.Ordinal));

    /// <summary>Waits until the connection ends, whatever way.</summary>
    private static async Task EndAsync(Socket client)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            Assert.Equal(0, await client.ReceiveAsync(new byte[1], deadline.Token));
        }
        catch (SocketException)
        {
            // Reset: it has its answer.
        }
    }

    /// <summary>A silo in which one user has begun all that may be begun.</summary>
    public sealed class Refusing : SiloFixture
    {
        private protected override (string Name, string Value)[] Settings =>
            [("Limits__CreationsPerSecondPerUser", "0.0001"), ("Limits__CreationBurstPerUser", "200")];

        internal string[] Authorization(string user) => user switch
        {
            "anonymous" => [],
            "wrong" => ["Authorization: Bearer x"],
            "reader" => [$"Authorization: Bearer {Silo.Token(user, "read")}"],
            _ => [$"Authorization: Bearer {Silo.Token(user)}"],
        };

        private protected override async Task PrepareAsync()
        {
            using var api = Silo.As("hasty");
            Answer answer;
            do
                answer = await api.PostAsync(new FormBody().Field("x", "y").End());
            while (answer.Status != 429);
        }
    }
}
