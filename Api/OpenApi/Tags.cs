namespace Ingestion.Api.OpenApi;

/// <summary>The parts of the API.</summary>
internal static class Tags
{
    public const string Uploads = "Uploads";
    public const string Direct = "Direct uploads";
    public const string Videos = "Videos";
    public const string Status = "Status";
    public const string Webhooks = "Webhooks";
    public const string Admin = "Admin";
    public const string Health = "Health";
    public const string Problems = "Problems";

    public static readonly IReadOnlyList<(string Name, string Description)> All =
    [
        (Uploads, "A video by one form, or resumable by tus 1.0.0 or by the draft of the IETF."),
        (Direct, "A video in parts that the client sends to the object store itself."),
        (Videos, "Records, sources and posters of the caller's videos."),
        (Status, "What happens to the caller's videos: WebSocket, Server-Sent Events and long poll, all with one cursor."),
        (Webhooks, "What happens to the caller's videos, sent to an address of the caller, or read by the caller."),
        (Admin, "For operators."),
        (Health, "For load balancers and scripts."),
        (Problems, "What the codes of refusals mean."),
    ];
}
