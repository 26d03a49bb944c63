using Ingestion.Tests.EndToEnd.Status.Events;

namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>The balancer of the compose file, by its own haproxy.cfg, whose three silos are one here.</summary>
[Collection(DefaultSilo.Name)]
[NeedsPrograms(ProxyProcess.Haproxy)]
public sealed class DeployedBalancerTests(DefaultSilo shared)
{
    // As routing reads them: decoded, in any case of letters, with a slash at the end.
    private static readonly string[] _ofOperators =
        ["/metrics", "/metrics/memory", "/METRICS", "/metrics/", "/%6detrics", "/metric%73?a=b", "/health/details", "/Health/Detail%53", "/health/sockets"];

    [ContractFact]
    public async Task UploadAndStatus_WorkBehindTheBalancer()
    {
        await using var balancer = await ProxyProcess.StartDeployedAsync(shared.Silo.Address);
        using var direct = shared.Silo.As(SiloFixture.NewUser());
        using var api = new ApiClient(balancer.Address, direct.Token);
        await using var socket = await StatusClient.SubscribedAsync(api);
        await using var stream = await EventReader.OpenAsync(api, "/api/events");
        await stream.NextAsync();

        var video = await api.UploadToReadyAsync(Samples.Mp4);

        Assert.Equal("ready", (await socket.UntilAsync(video, "ready"))[^1].State);
        Assert.Equal("receiving", (await stream.NextAsync(journalled: true)).State);
    }

    [ContractFact]
    public async Task WhatIsForOperators_IsNotShown()
    {
        await using var balancer = await ProxyProcess.StartDeployedAsync(shared.Silo.Address);
        using var http = new HttpClient();
        foreach (var path in _ofOperators)
        {
            using var inside = await http.GetAsync(At(shared.Silo.Address, path));
            Assert.Equal((path, 200), (path, (int)inside.StatusCode));
            using var outside = await http.GetAsync(At(balancer.Address, path));
            Assert.Equal((path, 404), (path, (int)outside.StatusCode));
        }
    }

    [ContractFact]
    public async Task ForwardedFields_OfAClientAreReplaced()
    {
        await using var balancer = await ProxyProcess.StartDeployedAsync(shared.Silo.Address);
        using var direct = shared.Silo.As(SiloFixture.NewUser());
        using var api = new ApiClient(balancer.Address, direct.Token);
        var created = await api.SendAsync(HttpMethod.Post, "/api/uploads", content: null, ("Tus-Resumable", "1.0.0"), ("Upload-Length", "10"),
            ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Prefix", "/evil"));
        Assert.StartsWith($"{balancer.Address}api/uploads/", created.Is(201).Header("Location"), StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task ConnectionsEnd_WhenTheirSiloAnswersNothing()
    {
        await using var silo = await SiloProcess.StartAsync();
        await using var balancer = await ProxyProcess.StartDeployedAsync(silo.Address);
        using var direct = silo.As("alice");
        using var api = new ApiClient(balancer.Address, direct.Token);
        await using var socket = await StatusClient.SubscribedAsync(api);

        await silo.FreezeAsync();

        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        while (await socket.TryNextAsync(deadline.Token) is not null)
        {
            // Until the connection ends.
        }

        Assert.False(deadline.IsCancellationRequested);
        await silo.ThawAsync();
    }

    // As it is written: Uri would decode what it can.
    private static Uri At(Uri address, string path) =>
        new($"{address.GetLeftPart(UriPartial.Authority)}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
