using System.Text.Encodings.Web;

namespace Ingestion.Tests.EndToEnd.OpenApi;

/// <summary>The document of the API: what clients are generated from.</summary>
[Collection(StrictSilo.Name)]
public sealed class ApiDocumentTests(StrictSilo shared)
{
    private const string Address = "/openapi/v1.json";

    private static readonly JsonSerializerOptions _readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task IsTheGoldenFile()
    {
        using var api = new ApiClient(shared.Silo.Address, token: null);
        var answer = (await api.GetAsync(Address)).Is(200);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Golden.Verify("OpenApi/Golden/v1.json", JsonSerializer.Serialize(answer.Json, _readable));
    }

    [Fact]
    public async Task IsNotSentAgain_WhenTheClientHasIt()
    {
        using var api = new ApiClient(shared.Silo.Address, token: null);
        var tag = (await api.GetAsync(Address)).Is(200).Header("ETag")!;
        Assert.Empty((await api.GetAsync(Address, ("If-None-Match", tag))).Is(304).Body);
    }

    [Fact]
    public async Task EveryOperationHasANameATagAndALine_WhenListed()
    {
        using var api = new ApiClient(shared.Silo.Address, token: null);
        var paths = (await api.GetJsonAsync(Address)).GetProperty("paths").EnumerateObject();
        var operations = paths.SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value).ToArray();
        Assert.All(operations, operation => Assert.NotEmpty(operation.GetProperty("summary").GetString()!));
        Assert.All(operations, operation => Assert.Single(operation.GetProperty("tags").EnumerateArray()));
        Assert.Equal(operations.Length, operations.Select(operation => operation.GetProperty("operationId").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task ThePageLoadsNothingFromElsewhere_WhenOpened()
    {
        using var api = new ApiClient(shared.Silo.Address, token: null);
        var page = (await api.GetAsync("/docs/api/")).Is(200).Text;
        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.NotEmpty((await api.GetAsync("/docs/api/scalar.js")).Is(200).Body);
    }
}
