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
    /// Begins the upload of a form's file. A creation when the form has a key and its file is to be stored; the video when an earlier form with the key has
    /// made one; or why there will be none.
    /// </summary>
    public async Task<(Creation? Creation, VideoRecord? Video, Problem? Problem)> BeginAsync(HttpContext context, string owner, string? fileName)
    {
        var declared = CreationKeys.Declare(fileName, context.Request.ContentLength?.ToString(CultureInfo.InvariantCulture));
        var (creation, refused) = await keys.BeginAsync(context, Route, declared, creator.NewId(UploadKind.Form));
        if (creation is not { MayExist: true })
            return (creation, null, refused);
        var video = await grains.GetGrain<IVideoGrain>(creation.Id).GetAsync(owner);
        if (video is null && !creation.WasMade)
        {
            await creation.RestartAsync(creator.NewId(UploadKind.Form));
            return (creation, null, null);
        }

        await creation.EndAsync(CreationEnd.Made);
        // Removed since: the key stands for that video, and makes no other one.
        return video is null ? (null, null, Problem.UploadGone) : (null, video, null);
    }
}
