using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ingestion.Api.Auth;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Creations;

namespace Ingestion.Api.Creations;

/// <summary>
/// <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header): the same key on the same route creates one resource, for a day. What requests
/// declare is compared, their bytes are not.
/// </summary>
internal sealed class CreationKeys(IGrainFactory grains, TimeProvider time)
{
    public const string Field = "Idempotency-Key";

    private const int Longest = 255;

    /// <summary>For the API document.</summary>
    public static Parameter Parameter { get; } = Parameter.Field(
        Field, "Up to 255 printable characters. The same key again, within a day and with the same declarations, gets the same resource.");

    /// <summary>Begins the creation that a request declares.</summary>
    /// <param name="context">The request.</param>
    /// <param name="route">Its route; keys of others are others.</param>
    /// <param name="declared">Everything that the request declares about the resource.</param>
    /// <param name="id">What the resource is to be called if it is a new one.</param>
    /// <returns>The creation; why it is refused; neither when the request has no key.</returns>
    public async Task<(Creation? Creation, Problem? Problem)> BeginAsync(HttpContext context, string route, string declared, string id)
    {
        var given = context.Request.Headers[Field];
        if (given.Count == 0)
            return (null, null);
        if (given is not [{ Length: > 0 and <= Longest } key] || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return (null, Problem.IdempotencyKeyInvalid);
        var grain = grains.GetGrain<ICreationKeyGrain>(CreationKey.Of(context.User.UserId(), route, key));
        var start = await grain.BeginAsync(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(declared))), id);
        if (start.Outcome is CreationOutcome.Reused or CreationOutcome.Running)
            return (null, start.Outcome is CreationOutcome.Reused ? Problem.IdempotencyKeyReused : Problem.IdempotencyKeyRunning);
        var creation = new Creation(grain, start, time);
        // Whatever fails on the way, the key is not held for longer than its request lasts.
        context.Response.RegisterForDisposeAsync(creation);
        return (creation, null);
    }

    /// <summary>One text of several declarations, whatever they contain; absent ones differ from empty ones.</summary>
    public static string Declare(params ReadOnlySpan<string?> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(part is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{part.Length}:{part}")).Append('\n');
        return text.ToString();
    }
}
