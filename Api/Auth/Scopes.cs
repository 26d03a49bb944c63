namespace Ingestion.Api.Auth;

/// <summary>What a token may do. Also the names of the authorisation policies.</summary>
public static class Scopes
{
    /// <summary>Upload and remove one's own videos.</summary>
    public const string Upload = "upload";

    /// <summary>Read one's own videos, tasks and events.</summary>
    public const string Read = "read";

    /// <summary>Operate the cluster.</summary>
    public const string Admin = "admin";

    /// <summary>Manage the webhooks of one's tenant; the token names it in the claim <c>tenant</c>.</summary>
    public const string Tenant = "tenant";

    /// <summary>Change one's own webhooks: they send one's events elsewhere, for longer than the token lasts.</summary>
    public const string Webhooks = "webhooks";

    /// <summary>
    /// Share one's own videos, for longer than the token lasts. In a token that names a video it is the share itself: watch this one video of
    /// another user and nothing else.
    /// </summary>
    public const string Share = "share";

    /// <summary>Live status: with <see cref="Read"/>, or with <see cref="Share"/> for one video.</summary>
    public const string Watch = "watch";

    /// <summary>Sharing: with <see cref="Share"/>, or with <see cref="Read"/> for as long as the token lasts.</summary>
    public const string Sharing = "sharing";

    /// <summary>All that a token can be given by hand.</summary>
    public static readonly IReadOnlyList<string> All = [Upload, Read, Share, Webhooks, Admin, Tenant];

    /// <summary>What a token gets for which nothing is named: all that users may do with what is theirs.</summary>
    public static readonly IReadOnlyList<string> Default = [Upload, Read, Share, Webhooks];
}
