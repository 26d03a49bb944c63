namespace Ingestion.Tests.EndToEnd.Admin;

/// <summary>What a silo runs with, for operators.</summary>
public sealed class ConfigAdminTests
{
    private const string Config = "/api/admin/config";

    private static readonly string _key = Convert.ToBase64String(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());

    [Fact]
    public async Task SettingsAreShownWithTheirSource_AndNoSecretIs()
    {
        await using var silo = await SiloProcess.StartAsync(
            data: null, ("Token__SecondKey", _key), ("Webhooks__SealingKey", _key), ("Uploads__SlowSeconds", "7"),
            ("S3__ServiceUrl", "https://ann:hunter2@s3.test"));
        using var admin = silo.As("operator", "admin");

        var answer = (await admin.GetAsync(Config)).Is(200);

        var settings = answer.Json.GetProperty("items").EnumerateArray().ToDictionary(setting => setting.GetProperty("name").GetString()!);
        Assert.Equal(("7", false, "environment"), Of(settings["Ingestion:Uploads:SlowSeconds"]));
        Assert.Equal(("2", false, "default"), Of(settings["Ingestion:Worker:Concurrency"]));
        Assert.Equal((null, true, "environment"), Of(settings["Ingestion:Token:SecondKey"]));
        Assert.Equal((null, true, "environment"), Of(settings["Ingestion:Webhooks:SealingKey"]));
        Assert.Equal((null, true, "environment"), Of(settings["Ingestion:S3:ServiceUrl"]));
        Assert.Equal((null, false, "default"), Of(settings["Ingestion:Token:Key"]));
        Assert.DoesNotContain(_key, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", answer.Text, StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        var silos = await admin.GetJsonAsync("/api/admin/silos");
        Assert.Equal(silos.GetProperty("items")[0].GetProperty("address").GetString(), answer.Json.GetProperty("silo").GetString());
    }

    [Fact]
    public async Task IsRefused_WhenTheScopeIsMissing()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var ann = silo.As("ann");
        (await ann.GetAsync(Config)).IsProblem(403, "scope_missing");
        (await ann.GetAsync("/api/admin/sockets")).IsProblem(403, "scope_missing");
        using var anyone = new ApiClient(silo.Address, token: null);
        (await anyone.GetAsync(Config)).IsProblem(401, "token_missing");
        using var admin = silo.As("operator", "admin");
        (await admin.SendAsync(HttpMethod.Post, Config)).IsProblem(405, "method_not_allowed");
    }

    private static (string? Value, bool Hidden, string? Source) Of(JsonElement setting) => (
        setting.TryGetProperty("value", out var value) ? value.GetString() : null, setting.GetProperty("hidden").GetBoolean(),
        setting.GetProperty("source").GetString());
}
