using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Problems;
using Ingestion.Api.Status;
using Ingestion.Status;

namespace Ingestion.Api.Admin;

/// <summary>Live status for operators: who listens, and telling everyone.</summary>
internal static class StatusAdmin
{
    private const int LongestMessage = 16 * 1024;

    public static void MapStatusAdmin(this RouteGroupBuilder admin)
    {
        admin.MapGet("/users/{id}/sockets", ListSocketsAsync);
        admin.MapPost("/broadcast", BroadcastAsync);
    }

    private static async Task<IResult> ListSocketsAsync(IGrainFactory grains, string id)
    {
        var sockets = await grains.GetGrain<IStatusGrain>(id).ListSocketsAsync();
        var items = sockets.Select(socket => new SocketJson(
            socket.Id, socket.Silo, socket.ConnectedAt, socket.HeardAt, socket.Acknowledged?.ToString(), new LanesJson(socket.Critical, socket.States, socket.Progress), socket.Dropped,
            socket.IsGuest));
        return TypedResults.Json(new SocketsJson([.. items]), StatusAdminJson.Default.SocketsJson);
    }

    /// <summary>202: it has been handed to every silo with a listener. Nothing is kept for who comes later.</summary>
    private static async Task<IResult> BroadcastAsync(HttpContext context, IGrainFactory grains, TimeProvider time)
    {
        BroadcastJson? wish;
        try
        {
            wish = await JsonSerializer.DeserializeAsync(context.Request.Body, StatusAdminJson.Default.BroadcastJson, context.RequestAborted);
        }
        catch (JsonException)
        {
            return Problem.JsonInvalid.ToResult();
        }

        if (wish is not { Channel: { } channel, Message: { ValueKind: not JsonValueKind.Undefined } message })
            return Problem.BroadcastInvalid.ToResult();
        if (!Channels.IsBroadcast(channel))
            return Problem.ChannelInvalid.ToResult();
        var json = JsonSerializer.SerializeToUtf8Bytes(message, StatusAdminJson.Default.JsonElement);
        if (json.Length > LongestMessage)
            return Problem.BroadcastInvalid.ToResult();
        var broadcast = new Broadcast(MediaId.New(time.GetUtcNow()), time.GetUtcNow(), json);
        var silos = await grains.GetGrain<IBroadcastGrain>(channel).PublishAsync(broadcast);
        return TypedResults.Json(new BroadcastSentJson(broadcast.Id, silos), StatusAdminJson.Default.BroadcastSentJson, statusCode: StatusCodes.Status202Accepted);
    }
}

internal sealed record SocketsJson(IReadOnlyList<SocketJson> Items);

internal sealed record SocketJson(
    string Id, string Silo, DateTimeOffset ConnectedAt, DateTimeOffset? HeardAt, string? Acknowledged, LanesJson Waiting, long Dropped, bool Guest);

/// <summary>What waits for a slow reader.</summary>
internal sealed record LanesJson(int P0, int P1, int P2);

internal sealed record BroadcastJson(string? Channel, JsonElement? Message);

internal sealed record BroadcastSentJson(string Id, int Silos);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SocketsJson))]
[JsonSerializable(typeof(BroadcastJson))]
[JsonSerializable(typeof(BroadcastSentJson))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class StatusAdminJson : JsonSerializerContext;
