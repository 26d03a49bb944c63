using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.OpenApi;

/// <summary>The document of this API as JSON. It is made for the first request, and kept: nothing in it changes while the silo runs.</summary>
internal sealed class ApiDocument(IServiceProvider silo, IServiceCollection registered) : IDisposable
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
            if (_made is null)
            {
                var json = await DocumentWriter.WriteAsync(silo, registered, cancellationToken);
                _made = new Made(json, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(json))[..16]}\""));
            }

            return _made;
        }
        finally
        {
            _making.Release();
        }
    }

    private sealed record Made(byte[] Json, EntityTagHeaderValue Tag);
}
