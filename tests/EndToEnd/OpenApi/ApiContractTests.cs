using System.Text;
using Ingestion.Tests.EndToEnd.Infrastructure.OpenApi;
using Xunit.Sdk;

namespace Ingestion.Tests.EndToEnd.OpenApi;

/// <summary>The judge of all other tests is one: answers that the document does not know fail.</summary>
public sealed class ApiContractTests
{
    private const string Video = "/api/videos/0123456789abcdef0123456789abcdef";
    private const string Problem = """{"type":"/problems/not_found","title":"Not found.","status":404,"code":"not_found"}""";

    [Theory]
    [InlineData("GET", Video, 404, "application/problem+json", Problem)]
    [InlineData("GET", "/api/videos?limit=5", 200, "application/json; charset=utf-8", """{"items":[]}""")]
    [InlineData("GET", "/nothing/here", 404, "application/problem+json", Problem)]
    [InlineData("PUT", "/api/videos", 405, "application/problem+json", "{}")]
    [InlineData("DELETE", Video, 204, null, "")]
    public void IsTaken_WhenTheDocumentKnowsIt(string method, string target, int status, string? type, string body) =>
        Judge(method, target, status, type, body);

    [Theory]
    [InlineData("GET", Video, 418, "application/problem+json", Problem)]
    [InlineData("GET", Video, 404, "text/html", "<p>Not found.</p>")]
    [InlineData("GET", Video, 404, "application/problem+json", """{"type":"/problems/not_found","title":"Gone.","status":404,"code":"lost"}""")]
    [InlineData("GET", Video, 404, "application/problem+json", """{"type":"/problems/not_found","status":404,"code":"not_found"}""")]
    [InlineData("GET", "/api/videos", 200, "application/json", """{"items":[],"next":"5"}""")]
    [InlineData("GET", "/api/videos", 200, "application/json", """{"items":[{"video_id":"0"}]}""")]
    [InlineData("GET", "/api/videos", 200, "application/json", """{"items":null}""")]
    [InlineData("GET", "/api/videos", 200, null, "")]
    [InlineData("GET", "/api/nothing", 200, "application/json", "{}")]
    [InlineData("PUT", "/api/videos", 200, "application/json", "{}")]
    [InlineData("DELETE", Video, 204, "text/plain", "gone")]
    public void Fails_WhenTheDocumentDoesNotKnowIt(string method, string target, int status, string? type, string body) =>
        Assert.ThrowsAny<XunitException>(() => Judge(method, target, status, type, body));

    private static void Judge(string method, string target, int status, string? type, string body) =>
        ApiContract.Golden.Judge(method, target, [],
            new Answer(status, Answer.ToLookup(type is null ? [] : [("Content-Type", type)]), Encoding.UTF8.GetBytes(body)));
}
