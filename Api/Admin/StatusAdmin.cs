using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Problems;
using Ingestion.Api.Status.Channels;
using Ingestion.Silos;
using Ingestion.Status;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Admin;

/// <summary>Live status for operators: connection counts and broadcasts.</summary>
internal static class StatusAdmin
{
    private const int LongestMessage = 16 * 1024;
    private const int LongestId = 64;

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(5);

    // With white space around the message.
    private const int LongestRequest = 4 * LongestMessage;

    public static void MapStatusAdmin(this RouteGroupBuilder admin)
    {
        admin.MapGet("/users/{id}/sockets", ListSocketsAsync).Operation("listUserSockets", "The sockets and event streams of a user.").Refuses(Problem.NotFound)
            .WithParameters(new Parameter("path", "id", "The sub of the user's tokens."));
        admin.MapDelete("/users/{id}/sockets", DisconnectAsync)
            .Operation("disconnectUser", "Closes all sockets, event streams and polls of a user in all silos. Tokens stay valid: deny them first.")
            .Refuses(Problem.NotFound, Problem.Unavailable)
            .WithParameters(new Parameter("path", "id", "The sub of the user's tokens."));
        admin.MapPost("/broadcast", BroadcastAsync).LimitedBy(RateKind.Broadcast)
            .Operation("broadcast", "Sends a message to all who listen to a channel, and to those who come back to it within 10 minutes.")
            .TakesJson(typeof(BroadcastJson))
            .Refuses(Problem.BroadcastInvalid, Problem.ChannelInvalid, Problem.BroadcastRepeated);
    }

    private static async Task<Results<Ok<SocketsJson>, ProblemResult>> ListSocketsAsync(IGrainFactory grains, string id)
    {
        // No user is called so, and no grain can be.
        if (string.IsNullOrWhiteSpace(id))
            return Problem.NotFound.ToResult();
        var sockets = await grains.GetGrain<IStatusGrain>(id).ListSocketsAsync();
        var items = sockets.Select(socket => new SocketJson(
            socket.Id, socket.Silo, socket.ConnectedAt, socket.HeardAt, socket.Acknowledged?.ToString(),
            new LanesJson(socket.Critical, socket.States, socket.Progress), socket.Dropped,
            socket.IsGuest));
        return TypedResults.Ok(new SocketsJson([.. items]));
    }

    /// <summary>503 when a live silo does not answer: its sockets are not closed, and the request has to be repeated.</summary>
    private static async Task<Results<Ok<DisconnectedJson>, ProblemResult>> DisconnectAsync(
        HttpContext context, ISiloAgentClient silos, AuditLog audit, string id)
    {
        if (!Subject.IsValid(id))
            return Problem.NotFound.ToResult();
        var done = await silos.DisconnectAsync(new Disconnection(id, ShareId: null));
        audit.Write(context, AuditAct.UserDisconnected, id, $"closed={done.Closed} unreached={done.Unreached}");
        return done.Unreached == 0 ? TypedResults.Ok(new DisconnectedJson(done.Closed)) : (Problem.Unavailable with { RetryAfter = _retryAfter }).ToResult();
    }

    /// <summary>202: it is kept for a while, and was sent to every silo with a listener.</summary>
    private static async Task<Results<Accepted<BroadcastSentJson>, ProblemResult>> BroadcastAsync(
        HttpContext context, IGrainFactory grains, AuditLog audit, TimeProvider time)
    {
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, StatusAdminJson.Default.BroadcastJson, LongestRequest);
        if (body is null)
            return invalid!.ToResult(where);
        if (body is not { Channel: { } channel, Message: { ValueKind: not JsonValueKind.Undefined } message })
            return Problem.BroadcastInvalid.ToResult();
        if (!ChannelName.IsBroadcast(channel))
            return Problem.ChannelInvalid.ToResult();
        if (Compact(message) is not { } json)
            return Problem.JsonInvalid.ToResult("$.message");
        if (json.Length > LongestMessage)
            return Problem.BroadcastInvalid.ToResult();
        if (body.Id is { } id && !IsId(id))
            return Problem.BroadcastInvalid.ToResult();
        var kept = await grains.GetGrain<IBroadcastLogGrain>(0).AppendAsync(
            channel, new Broadcast(body.Id ?? MediaId.New(time.GetUtcNow()), time.GetUtcNow(), json));
        if (kept.Channel != channel || !kept.Broadcast.Json.Span.SequenceEqual(json))
            return Problem.BroadcastRepeated.ToResult();
        // Of one that is repeated too: the first request may have ended here. Silos that have it leave it aside.
        var broadcast = kept.Broadcast;
        var silos = await grains.GetGrain<IBroadcastGrain>(channel).PublishAsync(broadcast);
        audit.Write(context, AuditAct.BroadcastSent, broadcast.Id, $"channel={channel} bytes={json.Length}");
        return TypedResults.Accepted((string?)null, new BroadcastSentJson(broadcast.Id, silos));
    }

    private static bool IsId(string id) =>
        id is { Length: > 0 and <= LongestId } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');

    /// <summary>Without white space; null when a string in it is no text, as half of a surrogate pair isn't.</summary>
    private static byte[]? Compact(JsonElement message)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(message, StatusAdminJson.Default.JsonElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record SocketsJson(IReadOnlyList<SocketJson> Items);

internal sealed record SocketJson(
    string Id, string Silo, DateTimeOffset ConnectedAt, DateTimeOffset? HeardAt, string? Acknowledged, LanesJson Waiting, long Dropped, bool Guest);

/// <summary>What was closed.</summary>
/// <param name="Closed">Sockets, event streams and polls.</param>
internal sealed record DisconnectedJson(int Closed);

/// <summary>What waits for a slow reader.</summary>
internal sealed record LanesJson(int P0, int P1, int P2);

/// <summary>A message to all who listen.</summary>
/// <param name="Channel"><c>system</c>, or <c>role:</c> and a role.</param>
/// <param name="Message">Any JSON of at most 16 KiB.</param>
/// <param name="Id">
/// 1 to 64 letters, digits and - _ . : that name it: a request with it can be repeated for 10 minutes and sends nothing twice. Null: a new one.
/// </param>
internal sealed record BroadcastJson(string? Channel, JsonElement? Message, string? Id = null);

/// <summary>What became of a message.</summary>
/// <param name="Id">The message has it too.</param>
/// <param name="Silos">How many silos have a subscriber of the channel.</param>
internal sealed record BroadcastSentJson(string Id, int Silos);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(SocketsJson))]
[JsonSerializable(typeof(BroadcastJson))]
[JsonSerializable(typeof(DisconnectedJson))]
[JsonSerializable(typeof(BroadcastSentJson))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class StatusAdminJson : JsonSerializerContext;
