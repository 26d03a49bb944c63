namespace Ingestion.Tests.EndToEnd.Status.Framing.Fuzz;

/// <summary>Ten thousand frames that no client should send: each socket ends as it should, and no other client notices.</summary>
public sealed class FuzzTests
{
    private const int Frames = 10_000;
    private const int Workers = 4;

    // Survived by one socket before it is ended.
    private const int LongestRun = 20;

    [Fact]
    public async Task EverySocketEndsWithTheRightCode_AndAGoodOneReceivesEverything()
    {
        var seed = Random.Shared.Next();
        await using var silo = await SiloProcess.StartAsync(null, ("Sockets__AcceptsPerSecond", "0"));
        using var api = silo.As("good");
        await using var good = await StatusClient.SubscribedAsync(api);
        using var over = new CancellationTokenSource();
        var receiving = ReceiveAsync(api, good, over.Token);

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => FuzzAsync(silo, $"bad-{worker}", seed + worker)));

        await over.CancelAsync();
        Assert.True(await receiving > 0, "the good one has received something meanwhile");
        Assert.Null(good.CloseCode);
        using var admin = silo.As("operator", "admin");
        for (var worker = 0; worker < Workers; worker++)
        {
            var sockets = $"/api/admin/users/bad-{worker}/sockets";
            await Eventually.TrueAsync(async () => (await admin.GetJsonAsync(sockets)).GetProperty("items").GetArrayLength() == 0,
                $"nothing is left of the sockets of seed {seed + worker}");
        }

        (await api.GetAsync("/health/ready")).Is(200);
        // What a client sends is no failure of the silo, and no reason to report that a grain can't be reached.
        Assert.DoesNotContain("fail:", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("closed with 4100", silo.Log, StringComparison.Ordinal);
    }

    /// <summary>Begins and gives up uploads, one after the other, each one notified; returns how many.</summary>
    private static async Task<int> ReceiveAsync(ApiClient api, StatusClient good, CancellationToken cancellationToken)
    {
        var received = 0;
        for (; !cancellationToken.IsCancellationRequested; received++)
        {
            var created = (await api.SendAsync(HttpMethod.Post, "/api/uploads", null, ("Tus-Resumable", "1.0.0"), ("Upload-Length", "100"))).Is(201);
            var upload = new Uri(api.Address, created.Header("Location")!).AbsolutePath;
            (await api.SendAsync(HttpMethod.Delete, upload, null, ("Tus-Resumable", "1.0.0"))).Is(204);
            var events = await good.UntilAsync(upload.Split('/')[^1], "cancelled");
            Assert.Equal(["receiving", "cancelled"], events.Select(e => e.State));
            // So that not all of the silo's time goes into it.
            await Task.Delay(50, CancellationToken.None);
        }

        return received;
    }

    private static async Task FuzzAsync(SiloProcess silo, string user, int seed)
    {
        var fuzzer = new FrameFuzzer(seed);
        var token = silo.Token(user);
        for (var frames = 0; frames < Frames / Workers;)
        {
            List<Shot> run = [.. Enumerable.Range(0, fuzzer.Random.Next(LongestRun)).Select(_ => fuzzer.Harmless())];
            using var socket = await RawSocket.ConnectAsync(silo.Address, token);
            try
            {
                using var deadline = new CancellationTokenSource(Eventually.Deadline);
                Assert.Equal("hello", (await socket.ReceiveAsync(deadline.Token))?.Op);
                await IsSurvivedAsync(socket, fuzzer, run, deadline.Token);
                var last = fuzzer.Fatal();
                run.Add(last);
                await EndsAsync(socket, fuzzer, last, deadline.Token);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}, after frame {frames}: {string.Join(", then ", run.Select(shot => shot.Kind))}", e);
            }

            frames += run.Count;
        }
    }

    /// <summary>Sends them all, and the socket still answers.</summary>
    private static async Task IsSurvivedAsync(RawSocket socket, FrameFuzzer fuzzer, List<Shot> run, CancellationToken cancellationToken)
    {
        const int Barrier = 4711;
        var ping = fuzzer.Frame(1, JsonSerializer.SerializeToUtf8Bytes(new { op = "ping", ts = Barrier }));
        await WriteAsync(socket, fuzzer, [.. run.SelectMany(shot => shot.Bytes), .. ping]);
        Frame? frame;
        do
        {
            frame = await socket.ReceiveAsync(cancellationToken);
            Assert.True(frame is not null, $"it has ended with {socket.CloseCode}");
        }
        while (frame.Op != "pong" || frame.Number("ts") != Barrier);
    }

    /// <summary>The server sends the reason and closes; or the client goes in the middle of a frame, and the server lets it.</summary>
    private static async Task EndsAsync(RawSocket socket, FrameFuzzer fuzzer, Shot last, CancellationToken cancellationToken)
    {
        switch (fuzzer.Random.Next(20))
        {
            case 0:
                await socket.WriteAsync(fuzzer.Beginning());
                socket.Reset();
                return;
            case 1:
                await socket.WriteAsync(fuzzer.Beginning());
                socket.Shutdown();
                last = last with { Code = 1000 };
                break;
            default:
                await WriteAsync(socket, fuzzer, last.Bytes);
                break;
        }

        long? announced = null;
        while (await socket.ReceiveAsync(cancellationToken) is { } frame)
            announced = frame.Op == "bye" ? frame.Number("code") : announced;
        Assert.Equal(last.Code, socket.CloseCode);
        Assert.Equal(last.Code is 1000 ? null : last.Code, announced);
    }

    /// <summary>In pieces of any size, as a network may bring them.</summary>
    private static async Task WriteAsync(RawSocket socket, FrameFuzzer fuzzer, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(fuzzer.Random.Next(10) == 0 ? fuzzer.Random.Next(1, 20) : bytes.Length, bytes.Length - at);
            await socket.WriteAsync(bytes.AsMemory(at, count));
            at += count;
        }
    }
}
