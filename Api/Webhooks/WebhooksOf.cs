using Ingestion.Api.Auth;
using Ingestion.Webhooks;

namespace Ingestion.Api.Webhooks;

/// <summary>On an endpoint of webhooks: whose they are.</summary>
/// <param name="Path">Where they are managed.</param>
/// <param name="Read">The scope that sees them.</param>
/// <param name="Change">The scope that changes them.</param>
/// <param name="Suffix">Of the names of their operations.</param>
/// <param name="Whose">In a sentence.</param>
/// <param name="KeyOf">The key of their grain, by the request.</param>
internal sealed record WebhooksOf(string Path, string Read, string Change, string Suffix, string Whose, Func<HttpContext, string> KeyOf)
{
    public static readonly WebhooksOf Caller =
        new("/api/webhooks", Scopes.Read, Scopes.Webhooks, "", "your events", context => context.User.UserId());

    public static readonly WebhooksOf Everybody =
        new("/api/admin/webhooks", Scopes.Admin, Scopes.Admin, "OfAll", "the events of all users", _ => WebhookKey.All);

    // The policy of the scope refuses callers without the claim.
    public static readonly WebhooksOf Tenant =
        new("/api/tenant/webhooks", Scopes.Tenant, Scopes.Tenant, "OfTenant", "the events of your tenant",
            context => WebhookKey.OfTenant(context.User.Tenant()!));

    /// <summary>Whether they are for events of more than one user.</summary>
    public bool IsShared => this != Caller;

    /// <summary>Those of a request.</summary>
    public static IWebhookGrain Grain(HttpContext context, IGrainFactory grains) => grains.GetGrain<IWebhookGrain>(Request(context).KeyOf(context));

    /// <summary>Whether the caller may see the bytes of its videos, and so may have them shown to a receiver.</summary>
    public static bool MayRead(HttpContext context) => context.User.HasClaim("scope", Scopes.Read);

    /// <summary>Those of a request, to be read.</summary>
    public static IWebhookEventsGrain Events(HttpContext context, IGrainFactory grains) =>
        grains.GetGrain<IWebhookEventsGrain>(Request(context).KeyOf(context));

    /// <summary>That of a request.</summary>
    public static WebhooksOf Request(HttpContext context) => context.GetEndpoint()!.Metadata.GetRequiredMetadata<WebhooksOf>();
}
