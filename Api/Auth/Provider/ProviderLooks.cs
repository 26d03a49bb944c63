using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Ingestion.Api.Auth.Provider;

/// <summary>Reads documents of an identity provider so that an error says in words what is wrong.</summary>
internal static class ProviderLooks
{
    public const string Page = "docs/use/tokens.md";

    public static async Task<OpenIdConnectConfiguration> DescribeAsync(this IDocumentRetriever documents, string authority, CancellationToken stop)
    {
        var address = ProviderDocuments.AddressOf(authority);
        return Parse(address, await documents.ReadAsync(address, stop), OpenIdConnectConfiguration.Create);
    }

    public static async Task<string> ReadAsync(this IDocumentRetriever documents, string address, CancellationToken stop)
    {
        try
        {
            return await documents.GetDocumentAsync(address, stop);
        }
        catch (HttpRequestException e) when (e.StatusCode is null)
        {
            // Of TLS the message says no more than that there is another one within.
            throw new IOException($"{address}: {e.GetBaseException().Message}", e);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new IOException($"{address}: no answer in time", e);
        }
    }

    public static T Parse<T>(string address, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
#pragma warning disable CA1031 // What a foreign document makes the library throw is not known.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw new InvalidDataException($"{address} answers with something else than is expected there", e);
        }
    }
}
