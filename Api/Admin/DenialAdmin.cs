using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Auth;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Admin;

/// <summary>Taking back tokens that were given: the deny list.</summary>
internal static class DenialAdmin
{
    private const int LongestRequest = 8 * 1024;
    private const int LongestTokenId = 1024;

    public static void MapDenialAdmin(this RouteGroupBuilder admin)
    {
        admin.MapGet("/denials", ListAsync).Operation("listDenials", "The tokens that are refused although they have not expired.");
        admin.MapPost("/denials", AddAsync)
            .Operation("denyTokens", "Refuses a token from now on, or all tokens of a user that were issued until now; what they have open is closed.")
            .TakesJson(typeof(NewDenialJson))
            .Refuses(Problem.DenialInvalid, Problem.TooManyDenials);
        admin.MapDelete("/denials/{id}", RemoveAsync)
            .Operation("removeDenial", "Accepts again what a denial refused.")
            .Refuses(Problem.NotFound)
            .WithParameters(new Parameter("path", "id", "The id of the denial.") { Pattern = MediaId.Pattern });
    }

    private static async Task<Ok<DenialsJson>> ListAsync(IGrainFactory grains)
    {
        var list = await List(grains).GetAsync(knownVersion: -1);
        return TypedResults.Ok(new DenialsJson([.. (list?.Denials ?? []).Select(DenialJson.Of)]));
    }

    private static async Task<Results<Created<DenialJson>, ProblemResult>> AddAsync(
        HttpContext context, IGrainFactory grains, TokenOptions tokens, AuditLog audit, TimeProvider time)
    {
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, DenialJsonContext.Default.NewDenialJson, LongestRequest);
        if (body is null)
            return invalid!.ToResult(where);
        var now = time.GetUtcNow();
        // No token outlives the setting, so neither need the denial. Shares may: the longest of them counts for a user.
        var longest = (body.User is null ? tokens.MaxLifetime : null) ?? TimeSpan.FromSeconds(TokenService.LongestShare);
        var until = body.ExpiresAt ?? now + longest;
        var isOne = (body.Jti is null) != (body.User is null);
        if (!isOne || until <= now || body.Jti is { Length: 0 or > LongestTokenId } || (body.User is not null && !Subject.IsValid(body.User)))
            return Problem.DenialInvalid.ToResult();
        var denial = new Denial(MediaId.New(now), body.Jti, body.User, body.User is null ? null : now, now, until);
        if (await List(grains).AddAsync(denial) is not { } added)
            return Problem.TooManyDenials.ToResult();
        audit.Write(context, AuditAct.TokenDenied, body.Jti ?? body.User!, body.Jti is null ? "all tokens of the user" : "");
        return TypedResults.Created((string?)null, DenialJson.Of(added));
    }

    private static async Task<Results<NoContent, ProblemResult>> RemoveAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!await List(grains).RemoveAsync(id))
            return Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.DenialRemoved, id);
        return TypedResults.NoContent();
    }

    private static IDenyListGrain List(IGrainFactory grains) => grains.GetGrain<IDenyListGrain>(DenyList.Key);
}

/// <summary>What is to be refused: exactly one of <paramref name="Jti"/> and <paramref name="User"/>.</summary>
/// <param name="Jti">Of the token; shares that were made with it end too.</param>
/// <param name="User">All tokens and shares of this user that were issued until now.</param>
/// <param name="ExpiresAt">When the token expires, and the denial with it. Without it: as late as a token can.</param>
internal sealed record NewDenialJson(string? Jti = null, string? User = null, DateTimeOffset? ExpiresAt = null);

/// <summary>What is refused now.</summary>
/// <param name="Items">Oldest first.</param>
internal sealed record DenialsJson(IReadOnlyList<DenialJson> Items);

/// <summary>A denial.</summary>
/// <param name="Id">Removes it.</param>
/// <param name="Jti">Of the token; null when it is of a user.</param>
/// <param name="User">Whose tokens; null when it is of one token.</param>
/// <param name="IssuedUntil">With a user: tokens that were issued then or before.</param>
/// <param name="DeniedAt">When it was made.</param>
/// <param name="ExpiresAt">When it goes by itself.</param>
/// <param name="Erasure">Whether it is of a user who is being erased; it goes when that is done.</param>
internal sealed record DenialJson(
    string Id, string? Jti, string? User, DateTimeOffset? IssuedUntil, DateTimeOffset DeniedAt, DateTimeOffset ExpiresAt, bool Erasure)
{
    public static DenialJson Of(Denial denial) => new(denial.Id, denial.TokenId, denial.User, denial.IssuedUntil, denial.At, denial.Until, denial.IsErasure);
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(NewDenialJson))]
[JsonSerializable(typeof(DenialsJson))]
internal sealed partial class DenialJsonContext : JsonSerializerContext;
