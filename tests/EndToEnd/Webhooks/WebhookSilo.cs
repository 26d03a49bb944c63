namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>A silo that may send to this machine, and does not wait long for anything.</summary>
public sealed class WebhookSilo : SiloFixture
{
    public const string Name = "webhook silo";

    private const string Timeout = "Webhooks__TimeoutSeconds";

    internal static readonly (string Name, string Value)[] Lenient =
    [
        ("Webhooks__AllowInsecure", "true"), ("Webhooks__AllowPrivateAddresses", "true"), ("Webhooks__CheckSeconds", "1"),
        ("Webhooks__EscalateAfterSeconds", "1"), (Timeout, "2"),
    ];

    /// <summary>The same, but a receiver that takes its time is waited for.</summary>
    internal static readonly (string Name, string Value)[] Patient =
        [.. Lenient.Where(setting => setting.Name != Timeout), (Timeout, "60")];

    private protected override (string Name, string Value)[] Settings => Lenient;
}

/// <summary>Classes that share the silo.</summary>
[CollectionDefinition(WebhookSilo.Name)]
public sealed class WebhookSiloTests : ICollectionFixture<WebhookSilo>;

/// <summary>The addresses of webhooks.</summary>
internal static class WebhookClient
{
    public const string Path = "/api/webhooks";

    public static Task<Answer> AddWebhookAsync(this ApiClient api, object request) => api.PostJsonAsync(Path, JsonSerializer.Serialize(request));

    public static async Task<Answer> PostJsonAsync(this ApiClient api, string path, string json, string type = "application/json")
    {
        using var body = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(json));
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        return await api.SendAsync(HttpMethod.Post, path, body);
    }

    /// <summary>A webhook for everything; id and secret.</summary>
    public static async Task<(string Id, string Secret)> AddedAsync(this ApiClient api, object request)
    {
        var webhook = (await api.AddWebhookAsync(request)).Is(201).Json;
        return (webhook.GetProperty("id").GetString()!, webhook.GetProperty("secret").GetString()!);
    }

    public static async Task<JsonElement[]> DeliveriesAsync(this ApiClient api, string id) =>
        [.. (await api.GetJsonAsync($"{Path}/{id}/deliveries")).GetProperty("items").EnumerateArray()];

    /// <summary>The notices of disabled webhooks in the user's journal.</summary>
    public static async Task<JsonElement[]> NoticesAsync(this ApiClient api) =>
        [.. (await api.GetJsonAsync("/api/events/history?type=webhook.disabled")).GetProperty("events").EnumerateArray()];
}
