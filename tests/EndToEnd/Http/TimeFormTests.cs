using System.Text;
using System.Text.RegularExpressions;

namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>Every time in a JSON answer has one form, and every RFC 3339 time is read.</summary>
[Collection(DefaultSilo.Name)]
public sealed partial class TimeFormTests(DefaultSilo shared)
{
    [Fact]
    public async Task TimesHaveMillisecondsAndZ_InEveryJsonAnswer()
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        using var admin = shared.Silo.As("root", "admin");
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        await PostAsync(api, $"/api/videos/{video}/share?ttl=100", "");
        await PostAsync(api, "/api/webhooks", """{"url":"http://127.0.0.1:9/hook"}""");
        Answer[] answers =
        [
            await api.GetAsync("/api/videos"), await api.GetAsync($"/api/videos/{video}"), await api.GetAsync($"/api/videos/{video}/shares"),
            await api.GetAsync("/api/events/poll?after=0:0&wait=0"), await api.GetAsync("/api/webhooks"), await api.GetAsync("/api/usage"),
            await admin.GetAsync("/api/admin/silos"), await admin.GetAsync("/api/admin/denials"), await admin.GetAsync($"/api/admin/users/{user}/sockets"),
            await PostAsync(admin, "/api/admin/denials", """{"jti":"of-nobody","expires_at":"2099-01-01t02:03:04.123456789+02:00"}"""),
        ];
        (await admin.DeleteAsync($"/api/admin/denials/{answers[^1].Is(201).Json.GetProperty("id").GetString()}")).Is(204);
        var times = answers.SelectMany(answer => AnyTime().Matches(answer.Text)).Select(match => match.Value).ToArray();
        Assert.InRange(times.Length, 12, int.MaxValue);
        Assert.All(times, time => Assert.Matches(OneForm(), time));
        Assert.Equal("2099-01-01T00:03:04.123Z", answers[^1].Json.GetProperty("expires_at").GetString());
    }

    private static Task<Answer> PostAsync(ApiClient api, string path, string body) =>
        api.SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"));

    [GeneratedRegex("\"\\d{4}-\\d{2}-\\d{2}[Tt ][^\"]*\"")]
    private static partial Regex AnyTime();

    [GeneratedRegex("^\"\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z\"$")]
    private static partial Regex OneForm();
}
