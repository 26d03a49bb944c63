using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Webhooks;

/// <summary>Shards of the webhook index: of the keys of webhooks, and of the users whose journal may not be handed over to webhooks of many users.</summary>
public static class WebhookShards
{
    private const int Count = 16;

    private const string HandoverPrefix = "handover-";

    /// <summary>All shards.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Enumerable.Range(0, Count).Select(Name), .. Enumerable.Range(0, Count).Select(shard => HandoverPrefix + Name(shard))];

    /// <summary>The shard of a key of webhooks.</summary>
    public static string Of(string key) => Name(ShardOf(key));

    /// <summary>The shard of a user whose journal is to be handed over.</summary>
    public static string OfHandover(string userId) => HandoverPrefix + Name(ShardOf(userId));

    /// <summary>Whether a shard is of users, not of webhooks.</summary>
    public static bool IsOfHandover(string shard) => shard.StartsWith(HandoverPrefix, StringComparison.Ordinal);

    /// <summary>By a hash that is the same in every process, as user ids are not random.</summary>
    private static int ShardOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key))[0] % Count;

    private static string Name(int shard) => shard.ToString("x", CultureInfo.InvariantCulture);
}
