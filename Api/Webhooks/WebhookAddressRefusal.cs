using Ingestion.Api.Problems;
using Ingestion.Webhooks;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Webhooks;

/// <summary>Why no events are sent to an address. While one develops, with the setting that would change that.</summary>
internal static class WebhookAddressRefusal
{
    /// <summary>Null when they are.</summary>
    public static ProblemResult? Of(WebhookAddressVerdict verdict, IHostEnvironment environment) => verdict switch
    {
        WebhookAddressVerdict.Ok => null,
        WebhookAddressVerdict.Insecure => Problem.WebhookUrlInvalid.ToResult("$.url: http is not allowed here." + Setting("AllowInsecure=true", environment)),
        WebhookAddressVerdict.Unresolved => Problem.WebhookUrlInvalid.ToResult("The host does not resolve."),
        WebhookAddressVerdict.Forbidden => Problem.WebhookAddressForbidden.ToResult(
            "$.url: the host is not at a public address." + Setting("AllowPrivateAddresses=true", environment)),
        WebhookAddressVerdict.Closed => Problem.WebhookAddressForbidden.ToResult(
            "$.url: the host is at an address that this service does not send to." + Setting("ForbiddenNetworks", environment)),
        _ => Problem.WebhookUrlInvalid.ToResult(),
    };

    /// <summary>Callers of a service that others run can't change its settings.</summary>
    private static string Setting(string setting, IHostEnvironment environment) =>
        environment.IsDevelopment() ? $" The setting Ingestion:Webhooks:{setting} changes that." : "";
}
