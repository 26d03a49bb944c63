namespace Ingestion.Webhooks;

/// <summary>
/// Keys of <see cref="IWebhookGrain"/> that are no user's: those of webhooks for many users. They begin with a control character, which no user id
/// contains.
/// </summary>
public static class WebhookKey
{
    /// <summary>The webhooks for all users.</summary>
    public const string All = "\u0001all";

    private const string TenantPrefix = "\u0001tenant:";

    /// <summary>The webhooks for the users of a tenant.</summary>
    public static string OfTenant(string tenant) => TenantPrefix + tenant;

    /// <summary>Whether it stands for many users.</summary>
    public static bool IsShared(string key) => key.StartsWith('\u0001');

    /// <summary>
    /// Whether events of a video of <paramref name="tenant"/> (null: of none) are for the webhooks of <paramref name="key"/>, one of many users.
    /// </summary>
    public static bool Covers(string key, string? tenant) =>
        key == All || (tenant is not null && key.StartsWith(TenantPrefix, StringComparison.Ordinal) && key.AsSpan(TenantPrefix.Length).SequenceEqual(tenant));

    /// <summary>Where its webhooks are managed.</summary>
    public static string PathOf(string key) => key == All ? "/api/admin/webhooks" : IsShared(key) ? "/api/tenant/webhooks" : "/api/webhooks";
}
