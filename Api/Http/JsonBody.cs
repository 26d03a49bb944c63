using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Http;

/// <summary>Reads a small JSON body.</summary>
internal static class JsonBody
{
    /// <summary>The document, or why there is none and, of a document that is not of the wanted shape, where.</summary>
    public static async Task<(T? Document, Problem? Problem, string? Where)> ReadAsync<T>(
        HttpRequest request, JsonTypeInfo<T> type, int mostBytes, bool isPatch = false)
        where T : class
    {
        // The limit here is our own; a body that is beyond the server's too would cost the client its answer.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var media)
            || !(media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || (isPatch && media.MediaType.Equals("application/merge-patch+json", StringComparison.OrdinalIgnoreCase))))
            return (null, Problem.JsonExpected, null);
        if (request.ContentLength > mostBytes || await ReadAsync(request, mostBytes) is not { } bytes)
            return (null, Problem.BodyTooLarge, null);
        if (JsonMembers.FindWrong(bytes.WrittenSpan, type) is { Members: { } members } wrong)
            return (null, wrong.Code == Problem.JsonInvalid.Code ? Problem.JsonInvalid : wrong, members["member"].GetString());
        try
        {
            return JsonSerializer.Deserialize(bytes.WrittenSpan, type) is { } document ? (document, null, null) : (null, Problem.JsonInvalid, null);
        }
        catch (JsonException e)
        {
            return (null, Problem.JsonInvalid, e.Path);
        }
    }

    private static async Task<ArrayBufferWriter<byte>?> ReadAsync(HttpRequest request, int mostBytes)
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (bytes.WrittenCount <= mostBytes)
        {
            var read = await request.Body.ReadAsync(bytes.GetMemory(4096), request.HttpContext.RequestAborted);
            if (read == 0)
                return bytes;
            bytes.Advance(read);
        }

        return null;
    }
}
