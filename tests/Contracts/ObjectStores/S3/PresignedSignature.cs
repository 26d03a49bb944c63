using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

/// <summary>
/// Checks a presigned request as S3 does (Signature Version 4, by query parameters), from what arrived: neither emulator does, and a header that is
/// sent but not signed, or the other way round, only shows there.
/// </summary>
internal static class PresignedSignature
{
    private const string Signature = "X-Amz-Signature";

    public static bool IsRight(HttpRequest request, string secret)
    {
        var query = request.Query;
        var credential = query["X-Amz-Credential"].ToString().Split('/');
        var scope = string.Join('/', credential[1..]);
        var signed = query["X-Amz-SignedHeaders"].ToString().Split(';');
        // Every x-amz header has to be signed.
        if (request.Headers.Keys.Any(name => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !signed.Contains(name.ToLowerInvariant())))
            return false;
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        string[] canonical =
        [
            request.Method,
            target.Split('?')[0],
            string.Join('&', target.Split('?')[1].Split('&').Where(pair => !pair.StartsWith(Signature, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)),
            .. signed.Select(name => $"{name}:{request.Headers[name].ToString().Trim()}"),
            "",
            string.Join(';', signed),
            "UNSIGNED-PAYLOAD",
        ];
        var text = string.Join('\n', "AWS4-HMAC-SHA256", query["X-Amz-Date"], scope,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', canonical)))));
        var key = credential[1..].Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), Hash);
        var begun = DateTimeOffset.ParseExact(query["X-Amz-Date"].ToString(), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal);
        var end = begun.AddSeconds(int.Parse(query["X-Amz-Expires"].ToString(), CultureInfo.InvariantCulture));
        return Convert.ToHexStringLower(Hash(key, text)) == query[Signature] && TimeProvider.System.GetUtcNow() < end;
    }

    private static byte[] Hash(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
