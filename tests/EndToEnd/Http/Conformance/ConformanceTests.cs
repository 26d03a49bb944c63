using System.Net.Sockets;
using System.Text;
using Ingestion.Tests.EndToEnd.Uploads.Direct;

namespace Ingestion.Tests.EndToEnd.Http.Conformance;

/// <summary>RFC 9110 and 9112 as a table of requests and answers, over a socket of its own.</summary>
public sealed class ConformanceTests(ConformanceTests.OneVideo shared) : IClassFixture<ConformanceTests.OneVideo>
{
    public static TheoryData<string> Cases => [.. HttpCase.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task RequestIsAnsweredByTheBook_When(string name)
    {
        var one = HttpCase.All.Single(one => one.Name == name);
        var (head, body, ended) = await SendAsync(one);
        Assert.Equal(one.Status, int.Parse(head.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
        foreach (var field in one.Wanted)
            Assert.Contains($"\r\n{field}\r\n", head, StringComparison.OrdinalIgnoreCase);
        if (one.Code is not null)
            Assert.Contains($"\"code\":\"{one.Code}\"", body, StringComparison.Ordinal);
        if (one.Request.StartsWith("HEAD", StringComparison.Ordinal))
            Assert.Empty(body);
        if (one.Ends)
            Assert.True(ended, "The connection ends.");
        using var api = shared.Silo.As(OneVideo.Owner);
        Assert.Equal([shared.Video], await api.ListAsync());
    }

    [Fact]
    public async Task ExpectationIsMet_WhenTheBodyIsWanted()
    {
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync("POST /api/webhooks HTTP/1.1", $"Authorization: Bearer {shared.Silo.Token(OneVideo.Owner)}", "Content-Type: application/json",
            "Content-Length: 4", "Expect: 100-continue");
        Assert.Equal(100, (await http.ReadAsync()).Status);
        await http.SendAsync("abcd"u8.ToArray());
        (await http.ReadAsync()).IsProblem(400, "json_invalid");
    }

    /// <summary>One and the same part has one spelling.</summary>
    [Fact]
    public async Task PartAddressIsRefused_WhenItsNumbersAreSpeltOtherwise()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var direct = new DirectClient(api);
        var address = new Uri((await direct.BeginAsync(Samples.Mp4)).UrlOf(1)).PathAndQuery;
        foreach (var (right, wrong) in ((string, string)[])[("/parts/1?", "/parts/01?"), ("size=", "size=0"), ("expires=", "expires=0")])
            Assert.Equal(403, (await PutAsync(address.Replace(right, wrong, StringComparison.Ordinal))).Status);
        (await PutAsync(address, "Content-Range: bytes 0-9/10")).IsProblem(400, "request_invalid");
        (await PutAsync(address)).Is(200);
    }

    /// <summary>Of another user's direct upload, and of none at all, HEAD and DELETE say the same.</summary>
    [Fact]
    public async Task DirectUploadOfAnotherUserLooksLikeNone()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        using var direct = new DirectClient(owner);
        var upload = (await direct.BeginAsync(Samples.Mp4)).Id;
        var bearer = $"Authorization: Bearer {shared.Silo.Token(SiloFixture.NewUser())}";
        foreach (var method in (string[])["HEAD", "DELETE"])
        {
            var (other, none) = (await AnswerAsync(method, upload), await AnswerAsync(method, Guid.CreateVersion7().ToString("N")));
            Assert.Equal(none, other);
        }

        async Task<string> AnswerAsync(string method, string id) =>
            (await WholeAsync($"{method} /api/uploads/{id} HTTP/1.1", bearer, "Connection: close", "X-Request-Id: the-same"))
            .Replace(id, "{id}", StringComparison.Ordinal);
    }

    private async Task<Answer> PutAsync(string target, params string[] fields)
    {
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync($"PUT {target} HTTP/1.1", [$"Content-Length: {Samples.Mp4.Length}", .. fields]);
        await http.SendAsync(Samples.Mp4);
        return await http.ReadAsync();
    }

    private async Task<(string Head, string Body, bool Ended)> SendAsync(HttpCase one)
    {
        string[] fields = [.. one.Fields.Contains("Host") ? [] : (string[])[$"Host: {shared.Silo.Address.Authority}"],
            $"Authorization: Bearer {shared.Silo.Token(OneVideo.Owner)}", .. one.Fields.Where(field => field != "Host")];
        using var socket = new TcpClient("127.0.0.1", shared.Silo.Address.Port);
        var stream = socket.GetStream();
        var request = $"{one.Request.Replace("{id}", shared.Video, StringComparison.Ordinal)} {one.Protocol}\r\n{string.Join("\r\n", fields)}\r\n\r\n{one.Body}";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        // What ends the connection does so by itself; of the others a probe shows that they are still in step.
        if (!one.Ends)
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /health/live HTTP/1.1\r\nHost: {shared.Silo.Address.Authority}\r\nConnection: close\r\n\r\n"));
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var answer = await reader.ReadToEndAsync(deadline.Token);
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var (head, rest) = (answer[..end], answer[end..]);
        var next = rest.IndexOf("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n", StringComparison.Ordinal);
        if (!one.Ends)
            Assert.True(next >= 0, $"The next request is answered: {answer}");
        return (head, next < 0 ? rest : rest[..next], next < 0);
    }

    /// <summary>All that comes but for the date.</summary>
    private async Task<string> WholeAsync(string requestLine, params string[] fields)
    {
        using var socket = new TcpClient("127.0.0.1", shared.Silo.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            string.Join("\r\n", [requestLine, $"Host: {shared.Silo.Address.Authority}", .. fields, "", ""])));
        using var reader = new StreamReader(socket.GetStream(), Encoding.Latin1);
        var lines = (await reader.ReadToEndAsync()).Split("\r\n");
        return string.Join('\n', lines.Where(line => !line.StartsWith("Date:", StringComparison.Ordinal) && !line.StartsWith("RateLimit", StringComparison.Ordinal)));
    }

    /// <summary>A silo with a video that no request may change.</summary>
    public sealed class OneVideo : SiloFixture
    {
        internal const string Owner = "owner";

        internal string Video { get; private set; } = "";

        private protected override async Task PrepareAsync()
        {
            using var api = Silo.As(Owner);
            Video = await api.UploadToReadyAsync(Samples.Mp4);
        }
    }
}
