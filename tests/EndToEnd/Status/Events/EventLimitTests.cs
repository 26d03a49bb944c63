using System.Net;
using System.Net.Http.Headers;

namespace Ingestion.Tests.EndToEnd.Status.Events;

/// <summary>Event streams and sockets of a user share one limit; polls have none.</summary>
public sealed class EventLimitTests : IAsyncLifetime
{
    private SiloProcess _silo = null!;
    private ApiClient _api = null!;

    public async Task InitializeAsync()
    {
        _silo = await SiloProcess.StartAsync(null, ("Sockets__MaxSocketsPerUser", "2"));
        _api = _silo.As("ann");
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task OneTooManyIsRefused_AndAPlaceIsFreeWhenOneLeaves()
    {
        await using var socket = await StatusClient.ConnectAsync(_api);
        await socket.NextAsync("hello");
        using var stream = await StreamAsync();

        var refused = (await _api.GetAsync("/api/events")).IsProblem(429, "too_many_sockets");
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        await using (var second = await StatusClient.ConnectAsync(_api))
            await second.IsClosedAsync(4005);
        (await _api.GetAsync("/api/events/poll?wait=0")).Is(200);
        using var other = _silo.As("bob");
        (await other.GetAsync("/api/events/poll?wait=0")).Is(200);
        Assert.Equal(2, (await SocketsAsync()).Length);

        stream.Dispose();

        await Eventually.TrueAsync(async () => (await SocketsAsync()).Length == 1, "its place is free");
        using var again = await StreamAsync();
        Assert.Equal(2, (await SocketsAsync()).Length);
    }

    [Fact]
    public async Task TicketsAndWrongRequestsTakeNoPlace()
    {
        for (var i = 0; i < 3; i++)
        {
            (await _api.SendAsync(HttpMethod.Post, "/api/events/tickets")).Is(201);
            (await _api.GetAsync("/api/events?after=nonsense")).IsProblem(400, "cursor_invalid");
        }

        Assert.Empty(await SocketsAsync());
        var ticket = (await _api.SendAsync(HttpMethod.Post, "/api/events/tickets")).Is(201).Json.GetProperty("ticket").GetString();
        using var stream = await StreamAsync($"?ticket={ticket}");
        Assert.Single(await SocketsAsync());
    }

    [Fact]
    public async Task OperatorSeesTheStreamsOfAUser()
    {
        using var stream = await StreamAsync();

        var item = Assert.Single(await SocketsAsync());

        using var admin = _silo.As("operator", "admin");
        Assert.StartsWith("e_", item.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal((await admin.GetJsonAsync("/api/admin/silos")).GetProperty("items")[0].GetProperty("address").GetString(), item.GetProperty("silo")
            .GetString());
        Assert.Equal(JsonValueKind.Null, item.GetProperty("heard_at").ValueKind);
    }

    private async Task<JsonElement[]> SocketsAsync()
    {
        using var admin = _silo.As("operator", "admin");
        return [.. (await admin.GetJsonAsync("/api/admin/users/ann/sockets")).GetProperty("items").EnumerateArray()];
    }

    private async Task<Stream> StreamAsync(string query = "")
    {
        var http = new HttpClient { BaseAddress = _api.Address };
        http.DefaultRequestHeaders.Authorization = query.Length > 0 ? null : new AuthenticationHeaderValue("Bearer", _api.Token);
        var response = await http.GetAsync(new Uri("/api/events" + query, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new Stream(http, response);
    }

    /// <summary>A stream that has begun; it ends when it is disposed.</summary>
    private sealed class Stream(HttpClient http, HttpResponseMessage response) : IDisposable
    {
        public void Dispose()
        {
            response.Dispose();
            http.Dispose();
        }
    }
}
