using System.Net.Http.Headers;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>An owner changes the record of a video, and finds it by the caller's own id.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class ChangeTests(DefaultSilo shared)
{
    [Theory]
    [InlineData("application/json")]
    [InlineData("application/merge-patch+json")]
    public async Task ChangeIsInTheRecordTheEventAndTheSearch(string type)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var video = await CallerDataTests.UploadAsync(api, "form, fields first", "old", ("a", "1"), ("b", "2"));
        await api.UntilAsync(video, "ready");
        await using var socket = await StatusClient.SubscribedAsync(api);
        var before = (await api.GetAsync($"/api/videos/{video}")).Is(200);

        var changed = (await PatchAsync(api, video, """{"file_name":"Ferien.mp4","external_id":"new","metadata":{"a":null,"c":"3"}}""", type,
            ("If-Match", before.Header("ETag")!))).Is(200);
        Assert.NotEqual(before.Header("ETag"), changed.Header("ETag"));
        var record = (await api.GetAsync($"/api/videos/{video}")).Is(200);
        Assert.Equal(changed.Text, record.Text);
        Assert.Equal(changed.Header("ETag"), record.Header("ETag"));
        Assert.Equal(("Ferien.mp4", "new", """{"b":"2","c":"3"}"""), (record.Json.GetProperty("file_name").GetString(),
            record.Json.GetProperty("external_id").GetString(), record.Json.GetProperty("metadata").GetRawText()));

        var e = (await socket.NextAsync("evt")).Json.GetProperty("data");
        Assert.Equal(("video.updated", "ready", "new"), (e.GetProperty("type").GetString(), e.GetProperty("data").GetProperty("state").GetString(),
            e.GetProperty("data").GetProperty("external_id").GetString()));
        Assert.Equal([video], await SearchAsync(api, "external_id=new"));
        Assert.Empty(await SearchAsync(api, "external_id=old"));
        (await PatchAsync(api, video, """{"external_id":"newer"}""", type, ("If-Match", before.Header("ETag")!))).IsProblem(412, "precondition_failed");
        // The same again is no event.
        (await PatchAsync(api, video, """{"external_id":"new"}""", type)).Is(200);
        Assert.Empty(await socket.SoFarAsync());
    }

    [Theory]
    [InlineData("""{"title":"x"}""", 400, "json_member_unknown")]
    [InlineData("""{"status":"ready"}""", 400, "json_member_unknown")]
    [InlineData("""{"metadata":{"a":1}}""", 400, "metadata_invalid")]
    [InlineData("""{"metadata":"a"}""", 400, "metadata_invalid")]
    [InlineData("""{"metadata":{"a":"\ud800"}}""", 400, "metadata_invalid")]
    [InlineData("""{"external_id":""}""", 400, "external_id_invalid")]
    [InlineData("""{"external_id":"a\u0000"}""", 400, "external_id_invalid")]
    [InlineData("""{"file_name":5}""", 400, "json_invalid")]
    [InlineData("[]", 400, "json_invalid")]
    [InlineData("", 400, "json_invalid")]
    public async Task NothingChanges_WhenTheBodyIs(string body, int status, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var video = await CallerDataTests.UploadAsync(api, "form, fields first", "kept", ("a", "1"));
        var before = (await api.UntilAsync(video, "ready")).GetRawText();
        (await PatchAsync(api, video, body)).IsProblem(status, code);
        (await PatchAsync(api, video, """{"external_id":"x"}""", "text/plain")).IsProblem(415, "json_expected");
        Assert.Equal(before, (await api.GetAsync($"/api/videos/{video}")).Text);
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        (await PatchAsync(stranger, video, """{"external_id":"x"}""")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task PagesOfASearchHaveEachVideoOnce_WhileVideosAreAdded()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var wanted = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            wanted.Add(await CallerDataTests.UploadAsync(api, "form, fields first", "album"));
            await CallerDataTests.UploadAsync(api, "form, fields first", "other");
        }

        foreach (var video in wanted)
            await api.UntilAsync(video, "ready");
        Assert.Equal(Enumerable.Reverse(wanted), await WalkAsync(api, "external_id=album&limit=2"));
        Assert.Equal(wanted, await WalkAsync(api, "external_id=album&limit=2&sort=created&status=ready,failed"));
        Assert.Empty(await SearchAsync(api, "external_id=album&status=failed"));
        Assert.Empty(await SearchAsync(api, "external_id=nobody"));

        var record = await api.GetJsonAsync($"/api/videos/{wanted[2]}");
        var at = Uri.EscapeDataString(record.GetProperty("created_at").GetString()!);
        Assert.DoesNotContain(wanted[2], await WalkAsync(api, $"limit=100&created_before={at}"));
        Assert.Equal(wanted[3..], await WalkAsync(api, $"limit=1&sort=created&external_id=album&created_after={at}"));

        // Newer videos come meanwhile: the walk has neither a gap nor a video twice.
        var first = await api.GetJsonAsync("/api/videos?limit=3&external_id=album");
        await CallerDataTests.UploadAsync(api, "form, fields first", "album");
        var rest = await api.GetJsonAsync($"/api/videos?limit=3&external_id=album&cursor={first.GetProperty("next_cursor").GetString()}");
        Assert.Equal(Enumerable.Reverse(wanted), Ids(first).Concat(Ids(rest)));

        (await api.DeleteAsync($"/api/videos/{wanted[0]}")).Is(204);
        Assert.DoesNotContain(wanted[0], await WalkAsync(api, "external_id=album&limit=100"));
    }

    [Theory]
    [InlineData("status=nothing", "status_invalid")]
    [InlineData("status=", "status_invalid")]
    [InlineData("status=ready,", "status_invalid")]
    [InlineData("sort=size", "sort_invalid")]
    [InlineData("created_after=yesterday", "time_invalid")]
    [InlineData("created_before=2026-11-26T14:26:39", "time_invalid")]
    [InlineData("external_id=", "external_id_invalid")]
    [InlineData("q=holiday", "query_parameter_unknown")]
    public async Task SearchIsRefused_WhenItsQueryIs(string query, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await api.GetAsync($"/api/videos?{query}")).IsProblem(400, code);
    }

    private static async Task<Answer> PatchAsync(
        ApiClient api, string video, string body, string type = "application/json", params (string Name, string Value)[] headers)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await api.SendAsync(HttpMethod.Patch, $"/api/videos/{video}", content, headers);
    }

    private static async Task<string[]> SearchAsync(ApiClient api, string query) => Ids(await api.GetJsonAsync($"/api/videos?{query}"));

    private static async Task<List<string>> WalkAsync(ApiClient api, string query)
    {
        var (all, cursor) = (new List<string>(), "");
        while (true)
        {
            var page = await api.GetJsonAsync($"/api/videos?{query}{cursor}");
            all.AddRange(Ids(page));
            if (!page.TryGetProperty("next_cursor", out var next))
                return all;
            cursor = $"&cursor={next.GetString()}";
        }
    }

    private static string[] Ids(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("video_id").GetString()!)];
}
