using System.Text;

namespace Ingestion.Tests.EndToEnd.Admin;

/// <summary>Operators see the buffers of uploads and set their budget while the silo runs.</summary>
[Collection(DefaultSilo.Name)]
public sealed class BufferBudgetTests(DefaultSilo shared)
{
    [Fact]
    public async Task BudgetIsInForceAtOnce_WhenSet()
    {
        using var admin = shared.Silo.As("root", "admin");
        var (address, before) = await SiloAsync(admin);
        Assert.Equal(96 << 20, before);
        var answer = (await PutAsync(admin, address, """{"limit_bytes":50000000}""")).Is(200);
        Assert.Equal(50_000_000, LimitOf(answer.Json));
        Assert.Equal(50_000_000, (await SiloAsync(admin)).Limit);
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await api.UploadAsync(Samples.Mp4);
        (await PutAsync(admin, address, $$"""{"limit_bytes":{{before}}}""")).Is(200);
    }

    [Theory]
    [InlineData("", "json_invalid")]
    [InlineData("nothing", "json_invalid")]
    [InlineData("[]", "json_invalid")]
    [InlineData("{\"limit_bytes\":1.5}", "json_invalid")]
    [InlineData("{\"limit_bytes\":99999999999999999999}", "json_invalid")]
    [InlineData("{}", "buffer_limit_invalid")]
    [InlineData("null", "json_invalid")]
    [InlineData("{\"limit_bytes\":null}", "buffer_limit_invalid")]
    [InlineData("{\"limit_bytes\":0}", "buffer_limit_invalid")]
    [InlineData("{\"limit_bytes\":-1}", "buffer_limit_invalid")]
    [InlineData("{\"limit_bytes\":1048575}", "buffer_limit_invalid")]
    [InlineData("{\"limit_bytes\":1099511627777}", "buffer_limit_invalid")]
    public async Task NothingChanges_WhenTheBodyIs(string body, string code)
    {
        using var admin = shared.Silo.As("root", "admin");
        var (address, before) = await SiloAsync(admin);
        (await PutAsync(admin, address, body)).IsProblem(400, code);
        Assert.Equal(before, (await SiloAsync(admin)).Limit);
    }

    [Fact]
    public async Task IsRefused_WhenTheSiloIsUnknownOrTheScopeIsMissing()
    {
        using var admin = shared.Silo.As("root", "admin");
        var (address, _) = await SiloAsync(admin);
        foreach (var unknown in new[] { "127.0.0.1:1@1", "x", "%2e%2e" })
            (await PutAsync(admin, unknown, """{"limit_bytes":50000000}""")).IsProblem(404, "not_found");
        using var api = shared.Silo.As("ann");
        (await PutAsync(api, address, """{"limit_bytes":50000000}""")).IsProblem(403, "scope_missing");
    }

    private static Task<Answer> PutAsync(ApiClient api, string silo, string body) =>
        api.SendAsync(HttpMethod.Put, $"/api/admin/silos/{silo}/buffers", new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<(string Address, long Limit)> SiloAsync(ApiClient admin)
    {
        var silo = Assert.Single((await admin.GetJsonAsync("/api/admin/silos")).GetProperty("items").EnumerateArray());
        return (silo.GetProperty("address").GetString()!, LimitOf(silo));
    }

    private static long LimitOf(JsonElement silo) => silo.GetProperty("buffers").GetProperty("limit_bytes").GetInt64();
}
