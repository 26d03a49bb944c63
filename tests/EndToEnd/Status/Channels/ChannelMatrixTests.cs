namespace Ingestion.Tests.EndToEnd.Status.Channels;

/// <summary>Which token may subscribe to which channel: every kind against every kind, at the subscription and again when a new token comes.</summary>
[Collection(DefaultSilo.Name)]
public sealed class ChannelMatrixTests(DefaultSilo shared, SharedVideos videos) : IClassFixture<SharedVideos>
{
    private static readonly string[] _channels =
        ["user", "own", "own too", "deleted", "running", "cancelled", "theirs", "their deleted", "their running", "missing", "system", "role:editor",
            "role:admin", "unknown", "malformed"];

    // ok: subscribed. no: forbidden. ??: channel_unknown. A number: the socket is not even opened.
    private static readonly (string Token, string Answers)[] _table =
    [
        //                                user own  too  delt runn canc theirs tdel trun missing system editor admin unknown malformed
        ("read",                         "ok   ok   ok   ok   ok   ok   no     no   no   no      ok     no     no    ??      ??"),
        ("read, editor",                 "ok   ok   ok   ok   ok   ok   no     no   no   no      ok     ok     no    ??      ??"),
        ("read and share of own",        "ok   ok   ok   ok   ok   ok   no     no   no   no      ok     no     no    ??      ??"),
        ("share of own",                 "no   ok   no   no   no   no   no     no   no   no      no     no     no    ??      ??"),
        ("share of own, editor",         "no   ok   no   no   no   no   no     no   no   no      no     no     no    ??      ??"),
        ("share of deleted",             "401  401  401  401  401  401  401    401  401  401     401    401    401   401     401"),
        ("share of running",             "401  401  401  401  401  401  401    401  401  401     401    401    401   401     401"),
        ("share of cancelled",           "401  401  401  401  401  401  401    401  401  401     401    401    401   401     401"),
        ("their share of theirs",        "no   no   no   no   no   no   ok     no   no   no      no     no     no    ??      ??"),
        ("our share of theirs",          "401  401  401  401  401  401  401    401  401  401     401    401    401   401     401"),
        ("share of nothing",             "403  403  403  403  403  403  403    403  403  403     403    403    403   403     403"),
        ("upload",                       "403  403  403  403  403  403  403    403  403  403     403    403    403   403     403"),
        ("admin, editor",                "403  403  403  403  403  403  403    403  403  403     403    403    403   403     403"),
        ("expired",                      "401  401  401  401  401  401  401    401  401  401     401    401    401   401     401"),
    ];

    // A socket with the token "read, editor" in that channel, if it may have it, gets another token. on: it stays open. A number: it is closed.
    private static readonly (string Token, string Answers)[] _refreshTable =
    [
        //                                user own  too  delt runn canc theirs tdel trun missing system editor admin unknown malformed
        ("read, editor",                 "on   on   on   on   on   on   on     on   on   on      on     on     on    on      on"),
        ("read",                         "on   on   on   on   on   on   on     on   on   on      on     4003   on    on      on"),
        ("share of own",                 "4003 on   4003 4003 4003 4003 on     on   on   on      4003   4003   on    on      on"),
        ("share of own, editor",         "4003 on   4003 4003 4003 4003 on     on   on   on      4003   4003   on    on      on"),
        ("share of deleted",             "4003 4003 4003 4006 4003 4003 4006   4006 4006 4006    4003   4003   4006  4006    4006"),
        ("share of running",             "4003 4003 4003 4003 4006 4003 4006   4006 4006 4006    4003   4003   4006  4006    4006"),
        ("share of cancelled",           "4003 4003 4003 4003 4003 4006 4006   4006 4006 4006    4003   4003   4006  4006    4006"),
        ("our share of theirs",          "4003 4003 4003 4003 4003 4003 4006   4006 4006 4006    4003   4003   4006  4006    4006"),
        ("their share of theirs",        "4003 4003 4003 4003 4003 4003 4003   4003 4003 4003    4003   4003   4003  4003    4003"),
        ("read, another user",           "4003 4003 4003 4003 4003 4003 4003   4003 4003 4003    4003   4003   4003  4003    4003"),
        ("share of nothing",             "4003 4003 4003 4003 4003 4003 4003   4003 4003 4003    4003   4003   4003  4003    4003"),
        ("upload",                       "4003 4003 4003 4003 4003 4003 4003   4003 4003 4003    4003   4003   4003  4003    4003"),
        ("expired",                      "4202 4202 4202 4202 4202 4202 4202   4202 4202 4202    4202   4202   4202  4202    4202"),
    ];

    public static TheoryData<string, string, string> Subscriptions => Cells(_table);

    public static TheoryData<string, string, string> Refreshes => Cells(_refreshTable);

    [Theory]
    [MemberData(nameof(Subscriptions))]
    public async Task SubscriptionIsAnswered_AsTheTokenAllows(string token, string channel, string answer)
    {
        using var api = new ApiClient(shared.Silo.Address, videos.Token(token));
        if (answer is "401" or "403")
        {
            await videos.IsRefusedAsync(api, int.Parse(answer, System.Globalization.CultureInfo.InvariantCulture), token);
            return;
        }

        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        Assert.Equal(answer, await RequestAsync(socket, videos.Channel(channel)));
    }

    [Theory]
    [MemberData(nameof(Refreshes))]
    public async Task ChannelsAreAuthorisedAgain_WhenANewTokenComes(string token, string channel, string answer)
    {
        using var api = new ApiClient(shared.Silo.Address, videos.Token("read, editor"));
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        Assert.Equal(Answer("read, editor", channel), await RequestAsync(socket, videos.Channel(channel)));

        await socket.SendAsync(new { op = "auth", token = videos.Token(token) });

        var frame = await socket.NextAsync();
        Assert.Equal(answer, frame.Op switch { "authd" => "on", "bye" => $"{frame.Number("code")}", _ => frame.ToString() });
        if (frame.Op == "authd")
        {
            Assert.Equal(Answer(token, channel), await RequestAsync(socket, videos.Channel(channel)));
            return;
        }

        await socket.UntilClosedAsync();
        Assert.Equal(answer, $"{socket.CloseCode}");
    }

    private static async Task<string> RequestAsync(StatusClient socket, string channel)
    {
        await socket.SendAsync(new { op = "sub", id = 1, ch = new[] { channel } });
        var frame = await socket.NextAsync();
        if (frame.Op == "err")
            return frame.Code switch { "forbidden" => "no", "channel_unknown" => "??", var other => $"{other}" };
        Assert.Equal("subd", frame.Op);
        await socket.NextAsync("snap");
        return "ok";
    }

    private static string Answer(string token, string channel) => Split(_table.Single(row => row.Token == token).Answers)[Array.IndexOf(_channels, channel)];

    private static TheoryData<string, string, string> Cells((string Token, string Answers)[] table)
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var (token, answers) in table)
        {
            foreach (var (channel, answer) in _channels.Zip(Split(answers)))
                cells.Add(token, channel, answer);
        }

        return cells;
    }

    private static string[] Split(string answers) => answers.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Videos of two users, made once, some of them gone or still to come, and the tokens and channels that the tables speak of.</summary>
public sealed class SharedVideos(DefaultSilo shared) : IAsyncLifetime
{
    private static readonly (string, string) _tus = ("Tus-Resumable", "1.0.0");

    private readonly string _owner = SiloFixture.NewUser();
    private readonly string _stranger = SiloFixture.NewUser();
    private string _own = "";
    private string _ownToo = "";
    private string _deleted = "";
    private string _running = "";
    private string _cancelled = "";
    private string _theirs = "";
    private string _ownShare = "";
    private string _deletedShare = "";
    private string _theirShare = "";
    private string _theirDeleted = "";
    private string _theirRunning = "";

    public async Task InitializeAsync()
    {
        using var owner = shared.Silo.As(_owner);
        using var stranger = shared.Silo.As(_stranger);
        (_own, _ownToo, _theirs) = (await owner.UploadAsync(Samples.Mp4), await owner.UploadAsync(Samples.Mp4), await stranger.UploadAsync(Samples.Mp4));
        // Nothing happens to them any more, so that every snapshot is the only frame of its subscription.
        await owner.UntilAsync(_own, "ready");
        await owner.UntilAsync(_ownToo, "ready");
        await stranger.UntilAsync(_theirs, "ready");
        (_ownShare, _theirShare) = (await ShareAsync(owner, _own), await ShareAsync(stranger, _theirs));
        ((_deleted, _deletedShare), (_theirDeleted, _)) = (await DeletedAsync(owner), await DeletedAsync(stranger));
        (_running, _cancelled, _theirRunning) = (await BeginAsync(owner), await BeginAsync(owner), await BeginAsync(stranger));
        (await owner.SendAsync(HttpMethod.Delete, $"/api/uploads/{_cancelled}", content: null, _tus)).Is(204);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    internal string Channel(string name) => name switch
    {
        "own" => $"video:{_own}",
        "own too" => $"video:{_ownToo}",
        "deleted" => $"video:{_deleted}",
        "running" => $"video:{_running}",
        "cancelled" => $"video:{_cancelled}",
        "theirs" => $"video:{_theirs}",
        "their deleted" => $"video:{_theirDeleted}",
        "their running" => $"video:{_theirRunning}",
        "missing" => $"video:{new string('0', 32)}",
        "unknown" => "everything",
        "malformed" => "video:../user",
        _ => name,
    };

    internal string Token(string kind) => HandMadeToken.Sign(shared.Silo.Data, kind switch
    {
        "read" => new TokenClaims(_owner, ["read"]),
        "read, editor" => new TokenClaims(_owner, ["read"]) { Roles = ["editor"] },
        "read, another user" => new TokenClaims(_stranger, ["read"]) { Roles = ["editor"] },
        "read and share of own" => new TokenClaims(_owner, ["read", "share"]) { Video = _own },
        "share of own" => new TokenClaims(_owner, ["share"]) { Video = _own, Id = _ownShare },
        "share of own, editor" => new TokenClaims(_owner, ["share"]) { Video = _own, Id = _ownShare, Roles = ["editor"] },
        "share of deleted" => new TokenClaims(_owner, ["share"]) { Video = _deleted, Id = _deletedShare },
        "share of running" => new TokenClaims(_owner, ["share"]) { Video = _running, Id = _ownShare },
        "share of cancelled" => new TokenClaims(_owner, ["share"]) { Video = _cancelled, Id = _ownShare },
        "their share of theirs" => new TokenClaims(_stranger, ["share"]) { Video = _theirs, Id = _theirShare },
        "our share of theirs" => new TokenClaims(_owner, ["share"]) { Video = _theirs, Id = _theirShare },
        "share of nothing" => new TokenClaims(_owner, ["share"]),
        "upload" => new TokenClaims(_owner, ["upload"]),
        "admin, editor" => new TokenClaims(_owner, ["admin"]) { Roles = ["editor"] },
        "expired" => new TokenClaims(_owner, ["read"]) { Roles = ["editor"], Expires = TimeProvider.System.GetUtcNow().AddMinutes(-1) },
        _ => throw new ArgumentException(kind, nameof(kind)),
    });

    /// <summary>The upgrade is answered with a problem.</summary>
    internal async Task IsRefusedAsync(ApiClient api, int status, string token)
    {
        var answer = await RawHttp.RequestAsync(
            shared.Silo.Address, "GET", "/ws", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: ingestion.v1", $"Authorization: Bearer {api.Token}");
        answer.IsProblem(status, status == 403 ? "scope_missing" : token == "expired" ? "token_expired" : "token_revoked");
    }

    private static async Task<(string Video, string Share)> DeletedAsync(ApiClient api)
    {
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var share = await ShareAsync(api, video);
        (await api.DeleteAsync($"/api/videos/{video}")).Is(204);
        return (video, share);
    }

    /// <summary>The id of a new share.</summary>
    private static async Task<string> ShareAsync(ApiClient api, string video) =>
        (await api.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share")).Is(201).Json.GetProperty("id").GetString()!;

    /// <summary>An upload of which not all has come.</summary>
    private static async Task<string> BeginAsync(ApiClient api) =>
        (await api.SendAsync(HttpMethod.Post, "/api/uploads", content: null, _tus, ("Upload-Length", "100"))).Is(201).Header("Location")!.Split('/')[^1];
}
