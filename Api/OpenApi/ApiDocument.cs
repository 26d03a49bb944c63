using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>The document of this API as JSON. It is made for the first client that wants it, and kept: nothing in it changes while the silo runs.</summary>
internal sealed class ApiDocument(IServiceProvider services) : IDisposable
{
    public const string Name = "v1";

    private readonly SemaphoreSlim _making = new(1, 1);
    private Made? _made;

    public async Task<IResult> GetAsync(HttpContext context)
    {
        var made = _made ?? await MakeAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(made.Json, "application/json", entityTag: made.Tag);
    }

    public void Dispose() => _making.Dispose();

    private async Task<Made> MakeAsync(CancellationToken cancellationToken)
    {
        await _making.WaitAsync(cancellationToken);
        try
        {
            return _made ??= await WriteAsync(services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name), cancellationToken);
        }
        finally
        {
            _making.Release();
        }
    }

    private static async Task<Made> WriteAsync(IOpenApiDocumentProvider provider, CancellationToken cancellationToken)
    {
        var document = await provider.GetOpenApiDocumentAsync(cancellationToken);
        using var text = new StringWriter();
        document.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        var json = System.Text.Encoding.UTF8.GetBytes(text.ToString());
        return new Made(json, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(json))[..16]}\""));
    }

    private sealed record Made(byte[] Json, EntityTagHeaderValue Tag);
}
