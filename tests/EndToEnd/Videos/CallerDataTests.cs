using System.Text;
using Ingestion.Tests.EndToEnd.Status.Events;
using Ingestion.Tests.EndToEnd.Uploads.Direct;
using Ingestion.Tests.EndToEnd.Uploads.Ietf;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>The caller's own id and texts travel with the video, whatever way it comes in.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class CallerDataTests(DefaultSilo shared)
{
    private const string ExternalId = "order 42/ü";

    private static readonly (string Key, string Value)[] _metadata = [("title", "Ferien am Meer 🏖\n2"), ("album", ""), ("x-1", "{\"a\":1}")];

    public static TheoryData<string> Ways => ["form, fields first", "form, fields last", "form, json", "tus", "tus, joined", "ietf", "direct"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task DataIsInRecordListAndEvents_WhenTheVideoCameBy(string way)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var video = await UploadAsync(api, way, ExternalId, _metadata);
        var record = await api.UntilAsync(video, "ready");
        var listed = (await api.GetJsonAsync("/api/videos")).GetProperty("items")[0];
        var events = await socket.UntilAsync(video, "ready");
        var polled = (await api.GetJsonAsync("/api/events/poll?after=0:0&wait=0")).GetProperty("events").EnumerateArray().Last();

        Assert.All((JsonElement[])[record, listed, events[^1].Json.GetProperty("data").GetProperty("data"), polled.GetProperty("data")], IsComplete);
        var state = events[^1].Json.GetProperty("data").GetProperty("data");
        Assert.Equal(record.GetProperty("file_name").GetString(), state.GetProperty("file_name").GetString());
        Assert.Equal(record.GetProperty("size_bytes").GetInt64(), state.GetProperty("size_bytes").GetInt64());
        Assert.Equal($"/api/videos/{video}", state.GetProperty("links").GetProperty("self").GetString());
        Assert.Equal($"/api/videos/{video}/source", state.GetProperty("links").GetProperty("source").GetString());
        // States on the way have the id, and no texts: those may be large.
        Assert.All(events.Where(e => e.State is "queued" or "processing"), e =>
        {
            Assert.Equal(ExternalId, e.Json.GetProperty("data").GetProperty("data").GetProperty("external_id").GetString());
            Assert.False(e.Json.GetProperty("data").GetProperty("data").TryGetProperty("metadata", out _));
        });
    }

    public static TheoryData<string, string> BadOnes()
    {
        var all = new TheoryData<string, string>();
        foreach (var way in Ways.Cast<object[]>().Select(row => (string)row[0]))
        {
            foreach (var wrong in (string[])["17 keys", "a key of 65", "a control in a key", "too many bytes", "an id of 256", "a control in the id"])
                all.Add(way, wrong);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(BadOnes))]
    public async Task NothingIsCreated_WhenTheDataIsWrong(string way, string wrong)
    {
        // No name of a form field and no field of tus can hold it.
        if (wrong is "a control in a key" && way is not ("form, json" or "direct"))
            return;
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (id, metadata) = wrong switch
        {
            "17 keys" => (ExternalId, Enumerable.Range(0, 17).Select(i => ($"k{i}", "v")).ToArray()),
            "a key of 65" => (ExternalId, [(new string('k', 65), "v")]),
            "a control in a key" => (ExternalId, [("a\u0085b", "v")]),
            "too many bytes" => (ExternalId, [("a", new string('x', 4096)), ("b", new string('x', 4095))]),
            "an id of 256" => (new string('i', 256), _metadata),
            _ => ("a\u0007b", _metadata),
        };
        var code = wrong.Contains("id", StringComparison.Ordinal) ? "external_id_invalid" : "metadata_invalid";
        (await SendAsync(api, way, id, metadata)).IsProblem(400, code);
        Assert.Empty(await api.ListAsync());
        Assert.Equal(0, (await api.GetJsonAsync("/api/usage")).GetProperty("uploads").GetInt32());
    }

    [Theory]
    [InlineData("""{"size":1000,"metadata":{"a":1}}""", "metadata_invalid")]
    [InlineData("""{"size":1000,"metadata":{"a":null}}""", "metadata_invalid")]
    [InlineData("""{"size":1000,"metadata":{"a":"x","a":"y"}}""", "json_member_repeated")]
    [InlineData("""{"size":1000,"metadata":["a"]}""", "metadata_invalid")]
    [InlineData("""{"size":1000,"metadata":{"":"x"}}""", "metadata_invalid")]
    [InlineData("""{"size":1000,"metadata":{"\ud800":"x"}}""", "metadata_invalid")]
    [InlineData("""{"size":1000,"\ud800":"x"}""", "json_invalid")]
    [InlineData("""{"size":1000,"external_id":7}""", "external_id_invalid")]
    [InlineData("""{"size":1000,"external_id":""}""", "external_id_invalid")]
    public async Task DirectUploadIsRefused_WhenTheJsonHas(string body, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var direct = new DirectClient(api);
        (await direct.PostAsync("/api/uploads/direct", body)).IsProblem(400, code);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"a\":1}")]
    [InlineData("{\"a\":\"x\",\"a\":\"y\"}")]
    public async Task FormIsRefused_WhenItsMetadataIs(string json)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await api.PostAsync(new FormBody().Field("metadata", json).File(Samples.Mp4).End())).IsProblem(400, "metadata_invalid");
        (await api.PostAsync(new FormBody().File(Samples.Mp4).Field("metadata", json).End())).IsProblem(400, "metadata_invalid");
        (await api.PostAsync(new FormBody().Field("a", "1").Field("a", "2").File(Samples.Mp4).End())).IsProblem(400, "metadata_invalid");
        (await api.PostAsync(new FormBody().Field("external_id", "1").Field("external_id", "2").File(Samples.Mp4).End())).IsProblem(400, "external_id_invalid");
        Assert.Empty(await api.ListAsync());
    }

    [Fact]
    public async Task GuestsSeeNeitherOwnerNorDataOfTheCaller()
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        var video = await UploadAsync(api, "form, fields first", ExternalId, _metadata);
        await api.UntilAsync(video, "ready");
        var share = (await api.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?ttl=100")).Is(201).Json.GetProperty("token").GetString()!;
        using var guest = new ApiClient(shared.Silo.Address, share);
        await using var socket = await StatusClient.ConnectAsync(guest);
        await socket.NextAsync("hello");
        await socket.SubscribeAsync([$"video:{video}"], "0:0");
        await using (var stream = await EventReader.OpenAsync(guest, "/api/events"))
            HasNothingOfTheOwner((await stream.NextAsync()).Data, user);
        await using (var replay = await EventReader.OpenAsync(guest, "/api/events?after=0:0"))
            HasNothingOfTheOwner((await replay.UntilAsync("video.ready")).Data, user);
        foreach (var path in (string[])["/api/events/poll", "/api/events/poll?after=0:0&wait=0", "/api/events/history"])
            HasNothingOfTheOwner((await guest.GetAsync(path)).Is(200).Text, user);
        (await api.DeleteAsync($"/api/videos/{video}")).Is(204);
        var events = await socket.UntilAsync(video, "deleted");
        Assert.All(events, e =>
        {
            var data = e.Json.GetProperty("data").GetProperty("data");
            Assert.All((string[])["owner", "external_id", "metadata", "links"], name => Assert.False(data.TryGetProperty(name, out _), name));
        });
        Assert.Contains(events, e => e.Json.GetProperty("data").GetProperty("data").TryGetProperty("size_bytes", out _));
    }

    [Fact]
    public async Task LargeTextsAreInTheRecordOnly()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var video = await UploadAsync(api, "form, json", ExternalId, [("large", new string('x', 8000))]);
        Assert.Equal(8000, (await api.UntilAsync(video, "ready")).GetProperty("metadata").GetProperty("large").GetString()!.Length);
        var ready = (await socket.UntilAsync(video, "ready"))[^1].Json.GetProperty("data").GetProperty("data");
        Assert.False(ready.TryGetProperty("metadata", out _));
        Assert.Equal(ExternalId, ready.GetProperty("external_id").GetString());
    }

    /// <summary>What a guest reads of a video that is ready.</summary>
    private static void HasNothingOfTheOwner(string text, string user)
    {
        Assert.Contains("\"video.ready\"", text, StringComparison.Ordinal);
        Assert.All((string[])[user, ExternalId, "\"metadata\"", "\"links\""], each => Assert.DoesNotContain(each, text, StringComparison.Ordinal));
    }

    internal static async Task<string> UploadAsync(ApiClient api, string way, string externalId, params (string Key, string Value)[] metadata)
    {
        var answer = (await SendAsync(api, way, externalId, metadata)).Is(201);
        if (way is "direct")
        {
            using var direct = new DirectClient(api);
            var upload = new DirectUpload(answer.Json, Samples.Mp4);
            answer = (await direct.CompleteAsync(upload, await direct.PutAllAsync(upload))).Is(201);
        }

        return way.StartsWith("tus", StringComparison.Ordinal) ? TusClient.IdOf(TusClient.PathOf(answer)) : answer.Json.GetProperty("video_id").GetString()!;
    }

    private static async Task<Answer> SendAsync(ApiClient api, string way, string externalId, (string Key, string Value)[] metadata)
    {
        (string, string)[] all = [.. metadata, ("external_id", externalId), ("filename", "clip.mp4"), ("filetype", "video/mp4")];
        var field = ("Upload-Metadata", string.Join(',', all
            .Select(pair => $"{pair.Item1} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Item2))}")));
        switch (way)
        {
            case "form, fields first":
                return await api.PostAsync(With(new FormBody().Field("external_id", externalId), metadata).File(Samples.Mp4).End());
            case "form, fields last":
                return await api.PostAsync(With(new FormBody().File(Samples.Mp4), metadata).Field("external_id", externalId).End());
            case "form, json":
                var json = JsonSerializer.Serialize(metadata.ToDictionary(pair => pair.Key, pair => pair.Value));
                return await api.PostAsync(new FormBody().Field("metadata", json).File(Samples.Mp4).Field("external_id", externalId).End());
            case "tus":
                return await new TusClient(api).PostAsync(Samples.Mp4, ("Upload-Length", $"{Samples.Mp4.Length}"), field);
            case "tus, joined":
                var tus = new TusClient(api);
                var (first, second) = (await tus.UploadPartialAsync(Samples.Mp4[..1000]), await tus.UploadPartialAsync(Samples.Mp4[1000..]));
                var answer = await tus.PostAsync(null, ("Upload-Concat", $"final;{first} {second}"), field);
                if (answer.Status != 201)
                    await Task.WhenAll(tus.DeleteAsync(first), tus.DeleteAsync(second));
                return answer;
            case "ietf":
                return await new IetfClient(api).PostAsync(Samples.Mp4, last: true, field);
            default:
                using (var direct = new DirectClient(api))
                {
                    return await direct.PostAsync("/api/uploads/direct", new
                    {
                        size = Samples.Mp4.Length,
                        name = "clip.mp4",
                        external_id = externalId,
                        metadata = metadata.ToDictionary(pair => pair.Key, pair => pair.Value),
                    });
                }
        }
    }

    private static FormBody With(FormBody form, (string Key, string Value)[] fields) =>
        fields.Aggregate(form, (all, pair) => all.Field(pair.Key, pair.Value));

    private static void IsComplete(JsonElement data)
    {
        Assert.Equal(ExternalId, data.GetProperty("external_id").GetString());
        Assert.Equal(_metadata.Select(pair => (pair.Key, pair.Value)).Order(),
            data.GetProperty("metadata").EnumerateObject().Select(member => (member.Name, member.Value.GetString()!)).Order());
    }
}
