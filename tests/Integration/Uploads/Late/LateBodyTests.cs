using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Ingestion.Uploads;

namespace Ingestion.Tests.Integration.Uploads.Late;

/// <summary>Over HTTP: a request whose body stays away in one silo, while its client continues in another.</summary>
public sealed class LateBodyTests
{
    private const int Size = 3_000_000;
    private const int Half = Size / 2;

    private static readonly byte[] _source = RandomNumberGenerator.GetBytes(Size);

    private readonly string _user = ServiceCluster.NewUser();

    /// <summary>The silo of the upload's grain dies meanwhile, so that the late request is not notified.</summary>
    [Theory]
    [InlineData(Protocol.Tus)]
    [InlineData(Protocol.Ietf)]
    public async Task AcknowledgedBytesStay_WhenTheBodyComesAfterATakeOver(Protocol protocol)
    {
        await using var cluster = await StartAsync();
        using var clients = new Clients(cluster, _user);
        var path = await CreateAsync(clients[0]);
        var body = new LateContent(RandomNumberGenerator.GetBytes(Size));
        var late = clients[1].SendAsync(Append(protocol, path, 0, body, isLast: true));
        await body.ReadBegun;
        await HasLeaseAsync(cluster, IdOf(path));
        await cluster.KillAsync(cluster.Hosts[0]);

        await Eventually.TrueAsync(async () => await SendAsync(clients[2], protocol, path, 0, Half) is HttpStatusCode.NoContent, "the other silo takes over");
        body.Come();
        await EndAsync(late);
        Assert.InRange((int)await SendAsync(clients[2], protocol, path, Half, Size), 200, 204);
        await AssertWholeAsync(cluster, IdOf(path));
    }

    /// <summary>A form is one request from beginning to end: it is never taken over, so nothing of it can be late.</summary>
    [Fact]
    public async Task FormHasAllItsBytes_WhenAnotherSiloTriesToContinueIt()
    {
        await using var cluster = await StartAsync();
        using var clients = new Clients(cluster, _user);
        await using var subscriber = await Subscriber.StartAsync(cluster.Service.From(2), _user, renews: true);
        var file = new LateContent(_source, before: Half);
        using var form = new MultipartFormDataContent { { file, "video_file", "clip.mp4" } };
        var sending = clients[1].PostAsync(new Uri("/api/videos/upload", UriKind.Relative), form);
        await subscriber.UntilAsync(1);
        var id = subscriber.Entries[0].Event.VideoId;

        foreach (var protocol in Enum.GetValues<Protocol>())
            Assert.InRange((int)await SendAsync(clients[2], protocol, $"/api/uploads/{id}", 0, Half), 400, 409);
        file.Come();
        using var answer = await sending;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        await AssertWholeAsync(cluster, id);
    }

    private static Task<SocketCluster> StartAsync() => SocketCluster.StartAsync(1, ("Uploads:RequireKnownContainer", "false"));

    private static async Task<string> CreateAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/uploads");
        request.Headers.Add("Tus-Resumable", "1.0.0");
        request.Headers.Add("Upload-Length", Size.ToString(CultureInfo.InvariantCulture));
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    private static string IdOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static HttpRequestMessage Append(Protocol protocol, string path, int offset, HttpContent content, bool isLast)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(path, UriKind.RelativeOrAbsolute).IsAbsoluteUri
            ? new Uri(path).AbsolutePath
            : path) { Content = content };
        request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
        content.Headers.ContentType = new MediaTypeHeaderValue(protocol is Protocol.Tus ? "application/offset+octet-stream" : "application/partial-upload");
        if (protocol is Protocol.Tus)
        {
            request.Headers.Add("Tus-Resumable", "1.0.0");
        }
        else
        {
            request.Headers.Add("Upload-Draft-Interop-Version", "8");
            request.Headers.Add("Upload-Complete", isLast ? "?1" : "?0");
        }

        return request;
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, Protocol protocol, string path, int from, int to)
    {
        using var request = Append(protocol, path, from, new ByteArrayContent(_source, from, to - from), isLast: to == Size);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private Task HasLeaseAsync(SocketCluster cluster, string id) => Eventually.TrueAsync(
        async () => await cluster.Service.From(2).GetGrain<IUploadGrain>(id).GetInfoAsync(_user) is { Writing: true }, "the late request has its lease");

    /// <summary>However: its client has left long ago.</summary>
    private static async Task EndAsync(Task<HttpResponseMessage> late)
    {
        try
        {
            using var answer = await late;
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // Its connection was closed before all of the body had gone.
        }
    }

    private static async Task AssertWholeAsync(SocketCluster cluster, string id)
    {
        var content = await cluster.Service.Store.OpenReadAsync(ObjectKey.Source(id), 0, null, CancellationToken.None);
        await using var stream = content!.Stream;
        Assert.Equal(SHA256.HashData(_source), await SHA256.HashDataAsync(stream));
    }

    public enum Protocol
    {
        Tus,
        Ietf,
    }

    /// <summary>A client of each silo.</summary>
    private sealed class Clients(SocketCluster cluster, string user) : IDisposable
    {
        private readonly HttpClient[] _all =
        [
            .. cluster.Hosts.Select(host => new HttpClient
            {
                BaseAddress = host.Address,
                DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", cluster.Token(user, "upload")) },
            }),
        ];

        public HttpClient this[int silo] => _all[silo];

        public void Dispose()
        {
            foreach (var client in _all)
                client.Dispose();
        }
    }

    /// <summary>Its request goes at once, the bytes from <paramref name="before"/> on once they are let go.</summary>
    private sealed class LateContent(byte[] bytes, int before = 0) : HttpContent
    {
        private readonly Gate _gate = new(onlyFirst: true);

        /// <summary>What comes at once is on its way.</summary>
        public Task ReadBegun => _gate.Reached;

        public void Come() => _gate.Open();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes.AsMemory(0, before));
            await stream.FlushAsync();
            await _gate.PassAsync();
            await stream.WriteAsync(bytes.AsMemory(before));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
