namespace Ingestion.Tests.EndToEnd.Http;

/// <summary>Ids that are none, unknown, or another's: 404 everywhere, and no grain keeps anything for them.</summary>
[Collection(StrictSilo.Name)]
public sealed class IdTests(StrictSilo shared)
{
    private static readonly (string Method, string Path)[] _addresses =
    [
        ("GET", "/api/videos/{0}"), ("GET", "/api/tasks/{0}"), ("GET", "/api/videos/{0}/source"), ("HEAD", "/api/videos/{0}/source"),
        ("GET", "/api/videos/{0}/poster"), ("DELETE", "/api/videos/{0}"),
    ];

    public static TheoryData<string> BadIds() =>
    [
        "unknown", "another's", "..%2f", "%2e%2e", "..", "..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fkeys%2ftoken.key", "..%5c..%5ckeys",
            "%252e%252e%252f", "10 kB",
        "0", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0", "0123456789abcdef0123456789abcdeg",
        "%20", "*", "null", "%e2%98%83", "upload",
    ];

    [Theory]
    [MemberData(nameof(BadIds))]
    public Task Is404AndLeavesNothing_WhenTheIdIs(string kind) => shared.LeavesNothingAsync(async () =>
    {
        var id = kind switch
        {
            "unknown" => Guid.CreateVersion7().ToString("N"),
            "another's" => shared.StrangersVideo,
            "10 kB" => new string('a', 10 * 1024),
            _ => kind,
        };
        var bearer = $"Authorization: Bearer {shared.Silo.Token(SiloFixture.NewUser())}";
        foreach (var (method, path) in _addresses)
        {
            if (id == "upload" && path == "/api/videos/{0}")
                continue; // The address of uploads; RouteTests cover it.
            var answer = await RawHttp.RequestAsync(
                shared.Silo.Address, method, path.Replace("{0}", id, StringComparison.Ordinal), bearer, "Connection: close");
            if (method == "HEAD")
                answer.Is(404);
            else
                answer.IsProblem(404, "not_found");
        }

        using var stranger = shared.Silo.As(StrictSilo.Stranger);
        Assert.Equal([shared.StrangersVideo], await stranger.ListAsync());
    });
}
