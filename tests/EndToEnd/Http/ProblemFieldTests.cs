namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>A refusal says what it means, where it happened, and by which id its request is found in the logs.</summary>
[Collection(DefaultSilo.Name)]
public sealed class ProblemFieldTests(DefaultSilo shared)
{
    [Fact]
    public async Task TypeIsAnAddressThatExplainsTheCode()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        var problem = (await api.GetAsync("/api/videos?limit=none")).IsProblem(400, "limit_invalid").Json;
        Assert.Equal(("/problems/limit_invalid", "/api/videos"), (problem.GetProperty("type").GetString(), problem.GetProperty("instance").GetString()));
        var explained = await anonymous.GetJsonAsync(problem.GetProperty("type").GetString()!);
        Assert.Equal(("limit_invalid", 400, problem.GetProperty("title").GetString()), (explained.GetProperty("code").GetString(),
            explained.GetProperty("status").GetInt32(), explained.GetProperty("title").GetString()));
        Assert.Contains((await anonymous.GetJsonAsync("/problems")).GetProperty("items").EnumerateArray(),
            item => item.GetProperty("code").GetString() == "not_a_video");
        (await anonymous.GetAsync("/problems/nothing")).IsProblem(404, "not_found");
    }

    [Theory]
    [InlineData("req-42_a.B", true)]
    [InlineData("a b", false)]
    [InlineData("<script>", false)]
    [InlineData("{\"a\":1}", false)]
    public async Task RequestIdIsTakenOver_WhenItIsHarmless(string id, bool isTaken)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        foreach (var path in (string[])["/api/videos", "/api/videos?limit=none", "/nowhere"])
        {
            var answer = await api.GetAsync(path, ("X-Request-Id", id));
            Assert.Equal(isTaken, answer.Header("X-Request-Id") == id);
            Assert.NotEmpty(answer.Header("X-Request-Id")!);
            if (answer.Status >= 400)
                Assert.Equal(answer.Header("X-Request-Id"), answer.Json.GetProperty("request_id").GetString());
        }

        var traced = await api.GetAsync("/nowhere", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        Assert.NotEqual((await api.GetAsync("/nowhere")).Header("X-Request-Id"), traced.Header("X-Request-Id"));
    }

    [Fact]
    public async Task MissingScopeIsNamed()
    {
        using var reader = shared.Silo.As(SiloFixture.NewUser(), "read");
        var refused = (await reader.SendAsync(HttpMethod.Post, "/api/videos/upload")).IsProblem(403, "scope_missing");
        Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"upload\"", refused.Header("WWW-Authenticate"));
    }
}
