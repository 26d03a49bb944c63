using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Webhooks;

/// <summary>Which shard of the webhook index a user is in.</summary>
public static class WebhookShards
{
    /// <summary>All shards.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enumerable.Range(0, 16).Select(Name)];

    /// <summary>By a hash, as user ids are not random; one that is the same in every process.</summary>
    public static string Of(string userId) => Name(SHA256.HashData(Encoding.UTF8.GetBytes(userId))[0] % All.Count);

    private static string Name(int shard) => shard.ToString("x", CultureInfo.InvariantCulture);
}
