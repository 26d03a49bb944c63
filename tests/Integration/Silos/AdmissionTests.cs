using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using Ingestion.Silos;
using Ingestion.Status;
using Ingestion.Tests.Integration.Status;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Silos;

/// <summary>A silo that is short of memory begins nothing new, and goes on with what has begun.</summary>
public sealed class AdmissionTests
{
    private static readonly byte[] _bytes = new byte[1000];

    [Fact]
    public async Task NothingNewBegins_AndWhatHasBegunGoesOn_WhenMemoryIsCritical()
    {
        await using var cluster = await SocketCluster.StartAsync();
        var (host, user, late) = (cluster.Hosts[0], ServiceCluster.NewUser(), ServiceCluster.NewUser());
        using var begun = Client(cluster, host, user);
        var upload = (await CreateAsync(begun)).Headers.Location!;
        await using var socket = await SocketClient.GreetedAsync(host, cluster.Token(user));
        await socket.SubscribeAsync(["user"], "0:0");
        await SetAsync(cluster, host, 1.0, MemoryLevel.Critical);

        using (var stranger = Client(cluster, host, late))
        {
            await IsRefusedAsync(await CreateAsync(stranger));
            await IsRefusedAsync(await stranger.PostAsJsonAsync(new Uri("/api/uploads/direct", UriKind.Relative), new { }));
            await IsRefusedAsync(await stranger.PostAsync(new Uri("/api/videos/upload", UriKind.Relative), new MultipartFormDataContent("b")));
            await IsRefusedAsync(await stranger.GetAsync(new Uri("/api/events", UriKind.Relative)));
            await IsRefusedAsync(await stranger.GetAsync(new Uri("/api/events/poll", UriKind.Relative)));
            await Assert.ThrowsAsync<WebSocketException>(() => SocketClient.ConnectAsync(host, cluster.Token(late)));
            Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(new Uri("/api/videos", UriKind.Relative))).StatusCode);
        }

        // Before anything of theirs took memory.
        var active = await cluster.Service.Cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        Assert.DoesNotContain(active, grain => grain.GrainId.Key.ToString() == late && grain.GrainType.Contains("StatusGrain", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.NoContent, (await AppendAsync(begun, upload)).StatusCode);
        await cluster.Service.From(0).GetGrain<IStatusGrain>(user).PublishAsync([ObserverTests.Event("v0", VideoStatus.Ready)], redelivery: false);
        Frame frame;
        do
        {
            frame = await socket.NextAsync("evt");
        }
        while (frame.VideoId != "v0");

        // Another silo is not short of anything.
        using (var elsewhere = Client(cluster, cluster.Hosts[1], late))
            Assert.Equal(HttpStatusCode.Created, (await CreateAsync(elsewhere)).StatusCode);
        cluster.Service.Services(host.Silo).GetRequiredService<ScriptedSense>().Set(0.2);
        await Eventually.TrueAsync(() => Pressure(cluster, host).Level < MemoryLevel.Critical, "the silo has memory again");
        using var again = Client(cluster, host, late);
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(again)).StatusCode);
    }

    private static HttpClient Client(SocketCluster cluster, ApiHost host, string user)
    {
        var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Token(user, "upload read"));
        http.DefaultRequestHeaders.Add("Tus-Resumable", "1.0.0");
        return http;
    }

    private static async Task<HttpResponseMessage> CreateAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/uploads", UriKind.Relative));
        request.Headers.Add("Upload-Length", $"{_bytes.Length * 2}");
        return await http.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> AppendAsync(HttpClient http, Uri upload)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, upload) { Content = new ByteArrayContent(_bytes) };
        request.Headers.Add("Upload-Offset", "0");
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        return await http.SendAsync(request);
    }

    private static async Task IsRefusedAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("memory_short", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 5, 15);
    }

    private static async Task SetAsync(SocketCluster cluster, ApiHost host, double share, MemoryLevel level)
    {
        cluster.Service.Services(host.Silo).GetRequiredService<ScriptedSense>().Set(share);
        await Eventually.TrueAsync(() => Pressure(cluster, host).Level == level, $"the level is {level}");
    }

    private static IMemoryPressure Pressure(SocketCluster cluster, ApiHost host) => cluster.Service.Services(host.Silo).GetRequiredService<IMemoryPressure>();
}
