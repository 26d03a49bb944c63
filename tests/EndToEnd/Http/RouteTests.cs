namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>Addresses, methods and parameters that this service does not know: always problem+json.</summary>
[Collection(StrictSilo.Name)]
public sealed class RouteTests(StrictSilo shared)
{
    [Theory]
    [InlineData("GET", "/nothing/here", 404, "not_found")]
    [InlineData("GET", "/api", 404, "not_found")]
    [InlineData("POST", "/api/nothing", 404, "not_found")]
    [InlineData("DELETE", "/api/tasks/0123456789abcdef0123456789abcdef", 405, "method_not_allowed")]
    [InlineData("PUT", "/api/videos", 405, "method_not_allowed")]
    [InlineData("POST", "/api/videos", 405, "method_not_allowed")]
    [InlineData("PUT", "/api/videos/0123456789abcdef0123456789abcdef", 405, "method_not_allowed")]
    [InlineData("POST", "/ws", 405, "method_not_allowed")]
    [InlineData("POST", "/health/ready", 405, "method_not_allowed")]
    [InlineData("GET", "/api/videos?limit=0", 400, "limit_invalid")]
    [InlineData("GET", "/api/videos?limit=101", 400, "limit_invalid")]
    [InlineData("GET", "/api/videos?limit=-1", 400, "limit_invalid")]
    [InlineData("GET", "/api/videos?limit=ten", 400, "limit_invalid")]
    [InlineData("GET", "/api/videos?limit=", 400, "limit_invalid")]
    [InlineData("GET", "/api/videos?limit=99999999999", 400, "limit_invalid")]
    [InlineData("GET", "/api/videos?cursor=abc", 400, "cursor_invalid")]
    [InlineData("GET", "/api/videos?cursor=-5", 400, "cursor_invalid")]
    [InlineData("GET", "/api/videos?cursor=", 400, "cursor_invalid")]
    [InlineData("GET", "/api/videos?cursor=99999999999999999999", 400, "cursor_invalid")]
    public Task IsAProblemAndLeavesNothing(string method, string target, int status, string code) => shared.LeavesNothingAsync(async () =>
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var answer = (await api.SendAsync(new HttpMethod(method), target)).IsProblem(status, code);
        if (status == 405)
            Assert.NotNull(answer.Header("Allow"));
    });

    [Theory]
    [InlineData("cursor=0")]
    [InlineData("cursor=9223372036854775807")]
    public Task ListIsEmpty_WhenTheCursorIsOfNoPlace(string query) => shared.LeavesNothingAsync(async () =>
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        Assert.Empty((await api.GetJsonAsync($"/api/videos?{query}")).GetProperty("items").EnumerateArray());
    });
}
