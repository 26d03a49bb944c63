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

    /// <summary>Watch one video of another user; the token names it.</summary>
    public const string Share = "share";

    /// <summary>Live status: with <see cref="Read"/>, or with <see cref="Share"/> for one video.</summary>
    public const string Watch = "watch";

    /// <summary>All that a token can be given by hand.</summary>
    public static readonly IReadOnlyList<string> All = [Upload, Read, Admin, Tenant];
}
