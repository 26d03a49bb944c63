namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>What a silo's memory is made of, for operators.</summary>
public sealed class HeapTests
{
    [Fact]
    public async Task OperatorSeesWhatTheHeapHolds_AndTheSiloKeepsIt()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As("alice");
        using var admin = silo.As("operator", "admin");
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var address = await AddressAsync(admin);

        (await SurveyAsync(api, address)).IsProblem(403, "scope_missing");
        (await SurveyAsync(admin, "S127.0.0.1:1:1")).IsProblem(404, "not_found");
        var heap = (await SurveyAsync(admin, address)).Is(200).Json;

        var survey = heap.GetProperty("survey");
        Assert.False(survey.GetProperty("is_partial").GetBoolean());
        Assert.InRange(survey.GetProperty("objects").GetInt64(), 10_000, long.MaxValue);
        var text = survey.GetProperty("largest").EnumerateArray().Single(type => type.GetProperty("name").GetString() == "System.String");
        Assert.InRange(text.GetProperty("bytes").GetInt64(), 22 * text.GetProperty("objects").GetInt64(), long.MaxValue);
        Assert.Equal(JsonValueKind.Null, heap.GetProperty("since").ValueKind);
        Assert.NotNull((await SurveyAsync(admin, address)).IsProblem(409, "heap_busy").Header("Retry-After"));

        // Requests go on, and both pages for operators have the same.
        Assert.Equal([video], await api.ListAsync());
        using var anyone = new ApiClient(silo.Address, token: null);
        var page = (await anyone.GetAsync("/metrics/memory")).Is(200).Json;
        Assert.Equal(address, page.GetProperty("silo").GetString());
        Assert.Equal("green", page.GetProperty("sample").GetProperty("level").GetString());
        Assert.Equal("none", page.GetProperty("managed").GetProperty("verdict").GetString());
        Assert.Contains(page.GetProperty("activations").EnumerateArray(), type => type.GetProperty("type").GetString() == "video");
        Assert.Equal(survey.GetProperty("objects").GetInt64(), page.GetProperty("heap").GetProperty("survey").GetProperty("objects").GetInt64());
        Assert.DoesNotContain("alice", page.GetRawText(), StringComparison.Ordinal);
        var kept = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(silo.Data, "evidence")))));
        Assert.Equal(survey.GetProperty("bytes").GetInt64(), kept.GetProperty("heap").GetProperty("survey").GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task SurveyIsRefused_WhereDiagnosticsAreDisabled()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("DOTNET_EnableDiagnostics", "0"));
        using var admin = silo.As("operator", "admin");
        (await SurveyAsync(admin, await AddressAsync(admin))).IsProblem(409, "heap_unavailable");
        using var anyone = new ApiClient(silo.Address, token: null);
        Assert.Equal(JsonValueKind.Null, (await anyone.GetAsync("/metrics/memory")).Is(200).Json.GetProperty("heap").ValueKind);
    }

    private static async Task<string> AddressAsync(ApiClient admin) =>
        (await admin.GetJsonAsync("/api/admin/silos")).GetProperty("items")[0].GetProperty("address").GetString()!;

    private static Task<Answer> SurveyAsync(ApiClient client, string silo) =>
        client.SendAsync(HttpMethod.Post, $"/api/admin/silos/{Uri.EscapeDataString(silo)}/heap");
}
