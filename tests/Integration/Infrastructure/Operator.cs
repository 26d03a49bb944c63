using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>An operator at one silo of a cluster.</summary>
internal sealed class Operator : IDisposable
{
    private readonly HttpClient _http;

    public Operator(SocketCluster cluster, ApiHost host)
    {
        _http = new HttpClient { BaseAddress = host.Address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Token("operator", "admin"));
    }

    /// <summary>The user's sockets in the whole cluster.</summary>
    public async Task<SeenSocket[]> SocketsAsync(string user)
    {
        var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri($"/api/admin/users/{user}/sockets", UriKind.Relative));
        return [.. answer.GetProperty("items").EnumerateArray().Select(SeenSocket.Of)];
    }

    /// <summary>Of the sockets of each silo, how many have a slow reader; by the silo's address.</summary>
    public async Task<Dictionary<string, int>> SlowAsync() =>
        (await _http.GetFromJsonAsync<JsonElement>(new Uri("/api/admin/sockets", UriKind.Relative))).GetProperty("items").EnumerateArray()
            .ToDictionary(silo => silo.GetProperty("silo").GetString()!, silo => silo.GetProperty("slow").GetInt32());

    /// <summary>The silos that are active and have answered, and the addresses of those that have not, by one of the lists.</summary>
    public async Task<(string[] Answered, string[] Unanswered)> AnswersAsync(string list, string address)
    {
        var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri(list, UriKind.Relative));
        string[] Of(string member, string name) => [.. answer.GetProperty(member).EnumerateArray().Select(silo => silo.GetProperty(name).GetString()!)];
        return (Of("items", address), Of("unanswered", "address"));
    }

    /// <summary>The silos of the cluster, as the list shows them.</summary>
    public async Task<JsonElement[]> SilosAsync() =>
        [.. (await _http.GetFromJsonAsync<JsonElement>(new Uri("/api/admin/silos", UriKind.Relative))).GetProperty("items").EnumerateArray()];

    /// <summary>Broadcasts to everyone in the channel; the broadcast's id, and how many silos got it.</summary>
    public async Task<(string Id, int Silos)> BroadcastAsync(string channel, string text)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri("/api/admin/broadcast", UriKind.Relative), new { channel, message = new { text } });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var sent = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (sent.GetProperty("id").GetString()!, sent.GetProperty("silos").GetInt32());
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>A socket, as operators see it: where it is, and what waits in its lanes.</summary>
internal sealed record SeenSocket(string Id, string Silo, bool IsGuest, int Critical, int States, int Progress)
{
    public static SeenSocket Of(JsonElement json)
    {
        var waiting = json.GetProperty("waiting");
        return new SeenSocket(
            json.GetProperty("id").GetString()!, json.GetProperty("silo").GetString()!, json.GetProperty("guest").GetBoolean(),
            waiting.GetProperty("p0").GetInt32(), waiting.GetProperty("p1").GetInt32(), waiting.GetProperty("p2").GetInt32());
    }
}
