using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Users;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Admin;

/// <summary>Erasing users.</summary>
internal static class UserAdmin
{
    public static readonly Parameter User = new("path", "id", "The sub of the user's tokens.");

    public static void MapUserAdmin(this RouteGroupBuilder admin)
    {
        admin.MapDelete("/users/{id}", EraseAsync)
            .Operation("eraseUser", "Begins to remove everything that is stored of a user. Until it is done all tokens of the user are refused.")
            .Refuses(Problem.NotFound)
            .WithParameters(User);
        admin.MapGet("/users/{id}/erasure", GetAsync)
            .Operation("getErasure", "How far the erasure of a user is; it can be looked up for 30 days after its end.")
            .Refuses(Problem.NotFound)
            .WithParameters(User);
    }

    /// <summary>Always 202: a running erasure continues, a finished one starts again.</summary>
    private static async Task<Results<Accepted<ErasureJson>, ProblemResult>> EraseAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!Subject.IsValid(id))
            return Problem.NotFound.ToResult();
        var erasure = await Of(id, grains).BeginAsync(id);
        // The audit log keeps no name of an erased user. An operator who knows the name can compute this id.
        audit.Write(context, AuditAct.UserErasureBegun, erasure.Id);
        return TypedResults.Accepted((string?)null, ErasureJson.Of(erasure));
    }

    private static async Task<Results<Ok<ErasureJson>, ProblemResult>> GetAsync(IGrainFactory grains, string id) =>
        Subject.IsValid(id) && await Of(id, grains).GetAsync() is { } erasure ? TypedResults.Ok(ErasureJson.Of(erasure)) : Problem.NotFound.ToResult();

    private static IErasureGrain Of(string user, IGrainFactory grains) => grains.GetGrain<IErasureGrain>(ErasureKey.Of(user));
}

/// <summary>The erasure of a user.</summary>
/// <param name="Id">Stands in the audit log in place of the user's name.</param>
/// <param name="State"><c>running</c> or <c>done</c>.</param>
/// <param name="BegunAt">When it was asked for.</param>
/// <param name="EndedAt">When nothing was left; null while it runs.</param>
/// <param name="Videos">Removed so far.</param>
/// <param name="Uploads">Records of uploads that were removed so far.</param>
/// <param name="Webhooks">Removed so far.</param>
internal sealed record ErasureJson(
    string Id,
    [property: AllowedValues(ErasureJson.Running, ErasureJson.Done)] string State,
    DateTimeOffset BegunAt,
    DateTimeOffset? EndedAt,
    int Videos,
    int Uploads,
    int Webhooks)
{
    public const string Running = "running";
    public const string Done = "done";

    public static ErasureJson Of(Erasure erasure) => new(
        erasure.Id, erasure.EndedAt is null ? Running : Done, erasure.BegunAt, erasure.EndedAt, erasure.Videos, erasure.Uploads, erasure.Webhooks);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(ErasureJson))]
internal sealed partial class UserAdminJson : JsonSerializerContext;
