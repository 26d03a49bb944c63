using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Ingestion.Creations;

namespace Ingestion.Tests.Integration.Creations;

/// <summary>
/// A request with an <c>Idempotency-Key</c> is at its last step in a silo that freezes; its client sends it again, to another silo, and then the first one
/// goes on: that lives on beside the cluster, with the same state, objects and queue. There is one resource.
/// </summary>
public sealed class TakenOverKeyTests : IAsyncLifetime
{
    private const string Videos = "/api/videos";

    private static readonly (string Name, string Value)[] _anyBytes = [("Uploads:RequireKnownContainer", "false")];
    private static readonly byte[] _file = [.. Enumerable.Range(0, 10_000).Select(i => (byte)i)];

    private readonly string _user = ServiceCluster.NewUser();
    private SocketCluster _cluster = null!;
    private SocketCluster _frozen = null!;

    public async Task InitializeAsync()
    {
        _cluster = await SocketCluster.StartAsync(1, _anyBytes);
        _frozen = await SocketCluster.StartBesideAsync(_cluster, _anyBytes);
    }

    public async Task DisposeAsync()
    {
        await _frozen.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task FormIsOneVideo()
    {
        var gate = _frozen.Service.VideoGate = new Gate();
        var late = SendAsync(_frozen, Form());
        await gate.Reached;
        var again = await SendAsync(_cluster, Form());
        gate.Open();

        Assert.Equal(HttpStatusCode.Created, again.Status);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), ((await late).Status, (await late).Code));
        Assert.Equal(again.Id, Assert.Single(await ListAsync()));
        Assert.Equal(again, await SendAsync(_cluster, Form()));
    }

    /// <summary>Its whole body comes with the creation: it would become a video of its own.</summary>
    [Fact]
    public async Task UploadIsOneVideo_WhenItsBodyComesWithTheCreation()
    {
        var gate = _frozen.Service.UploadGate = new Gate();
        var late = SendAsync(_frozen, Upload());
        await gate.Reached;
        var again = await SendAsync(_cluster, Upload());
        gate.Open();

        Assert.Equal(HttpStatusCode.Created, again.Status);
        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_running"), ((await late).Status, (await late).Code));
        Assert.Equal(again.Id, Assert.Single(await ListAsync()));
        Assert.Empty(await ListAsync("/api/uploads"));
        await SendAsync(_cluster, Upload());
        Assert.Equal(again.Id, Assert.Single(await ListAsync()));
    }

    /// <summary>Its silo lives, and is only slow: what is stored of the key has not changed under it.</summary>
    [Theory]
    [InlineData(CreationEnd.Made, CreationOutcome.Made)]
    [InlineData(CreationEnd.Unknown, CreationOutcome.Unknown)]
    public async Task KeyNamesTheLaterResource_WhenTheEarlierRequestIsRefusedLate(CreationEnd end, CreationOutcome then)
    {
        var key = _cluster.Service.From(0).GetGrain<ICreationKeyGrain>(CreationKey.Of(_user, "route", "k"));
        var first = await key.BeginAsync("f", "id-1");
        _cluster.Service.Time.Advance(CreationKey.HoldLasts * 2);
        var second = await key.BeginAsync("f", "id-2");
        Assert.Equal((CreationOutcome.First, CreationOutcome.Unknown, "id-1"), (first.Outcome, second.Outcome, second.Id));
        Assert.True(await key.RestartAsync(second.Attempt, "id-2"));
        await key.EndAsync(second.Attempt, end);

        await key.HoldAsync(first.Attempt);
        Assert.False(await key.RestartAsync(first.Attempt, "id-3"));
        await key.EndAsync(first.Attempt, CreationEnd.Refused);
        var third = await key.BeginAsync("f", "id-4");
        Assert.Equal((then, "id-2"), (third.Outcome, third.Id));
    }

    private static HttpRequestMessage Form()
    {
        var file = new ByteArrayContent(_file) { Headers = { ContentType = new MediaTypeHeaderValue("video/mp4") } };
        var form = new MultipartFormDataContent("b") { { file, "video_file", "clip.mp4" } };
        return new HttpRequestMessage(HttpMethod.Post, new Uri("/api/videos/upload", UriKind.Relative)) { Content = form };
    }

    private static HttpRequestMessage Upload() => new(HttpMethod.Post, new Uri("/api/uploads", UriKind.Relative))
    {
        Headers = { { "Upload-Draft-Interop-Version", "8" }, { "Upload-Complete", "?1" } },
        Content = new ByteArrayContent(_file) { Headers = { ContentType = new MediaTypeHeaderValue("video/mp4") } },
    };

    private async Task<Answered> SendAsync(SocketCluster cluster, HttpRequestMessage request)
    {
        using var client = Client(cluster);
        request.Headers.Add("Idempotency-Key", "k");
        using var answer = await client.SendAsync(request);
        request.Dispose();
        var json = await answer.Content.ReadAsStringAsync();
        var code = json.Length > 0 && JsonElement.Parse(json).TryGetProperty("code", out var found) ? found.GetString() : null;
        return new Answered(answer.StatusCode, code, answer.Headers.Location?.ToString().Split('/')[^1]);
    }

    private async Task<string[]> ListAsync(string path = Videos)
    {
        // An activation may have read before the late one wrote.
        await _cluster.Service.CollectAsync();
        using var client = Client(_cluster);
        var list = await client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));
        return [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty(path == Videos ? "video_id" : "id").GetString()!)];
    }

    private HttpClient Client(SocketCluster cluster) => new()
    {
        BaseAddress = cluster.Hosts[0].Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", cluster.Token(_user, "read write upload")) },
    };

    private sealed record Answered(HttpStatusCode Status, string? Code, string? Id);
}
