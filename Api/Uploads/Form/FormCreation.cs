using System.Globalization;
using Ingestion.Api.Creations;
using Ingestion.Api.Problems;
using Ingestion.Creations;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Form;

/// <summary>Makes forms with an <c>Idempotency-Key</c> one video.</summary>
internal sealed class FormCreations(CreationKeys keys, UploadCreator creator, IGrainFactory grains)
{
    private const string Route = "POST /api/videos/upload";

    /// <summary>
    /// Begins the upload of a form's file, by what the form has declared before it. A creation when the form has a key and its file is to be stored; the
    /// video when an earlier form with the key has made one; or why there will be none.
    /// </summary>
    public async Task<(Creation? Creation, VideoRecord? Video, Problem? Problem)> BeginAsync(HttpContext context, string owner, DeclaredFile file)
    {
        var (creation, refused) = await keys.BeginAsync(context, Route, file.Declare(), creator.NewId(UploadKind.Form));
        if (creation is not { MayExist: true })
            return (creation, null, refused);
        var named = grains.GetGrain<IVideoGrain>(creation.Id);
        var video = await named.GetAsync(owner);
        if (video is null && !creation.WasMade)
        {
            if (await named.CloseAsync())
                return await creation.RestartAsync(creator.NewId(UploadKind.Form)) ? (creation, null, null) : (null, null, Problem.IdempotencyKeyRunning);
            // It was made in this moment.
            video = await named.GetAsync(owner);
        }

        await creation.EndAsync(CreationEnd.Made);
        // Removed since: the key stands for that video, and makes no other one.
        return video is null ? (null, null, Problem.UploadGone) : (null, video, null);
    }
}

/// <summary>What a form declares of its file until the file's first byte. Its boundary, and how its fields are spelled, are no declarations.</summary>
/// <param name="Name">As it is stored.</param>
/// <param name="Type">What the client takes it for.</param>
/// <param name="Length">
/// Bytes of the body from the file on, without a closing delimiter: of the file, where it is the last part; null where the request has no length.
/// </param>
/// <param name="Caller">Of the fields before the file.</param>
internal sealed record DeclaredFile(string? Name, string? Type, long? Length, CallerData? Caller)
{
    /// <summary>One text of all of it.</summary>
    public string Declare()
    {
        var metadata = Caller?.Metadata?.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => (string[])[pair.Key, pair.Value]) ?? [];
        return CreationKeys.Declare([Name, Type, Length?.ToString(CultureInfo.InvariantCulture), Caller?.ExternalId, .. metadata]);
    }
}
