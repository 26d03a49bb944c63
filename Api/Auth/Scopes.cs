namespace Ingestion.Api.Auth;

/// <summary>What a token may do. Also the names of the authorisation policies.</summary>
public static class Scopes
{
    /// <summary>Upload and remove one's own videos.</summary>
    public const string Upload = "upload";

    /// <summary>Read one's own videos, tasks and events.</summary>
    public const string Read = "read";

    /// <summary>Process videos from outside the silos.</summary>
    public const string Worker = "worker";

    /// <summary>Operate the cluster.</summary>
    public const string Admin = "admin";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Upload, Read, Worker, Admin];
}
