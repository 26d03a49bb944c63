using Ingestion.Api.Auth;
using Ingestion.Api.Creations;
using Ingestion.Api.Problems;
using Ingestion.Creations;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Resumable;

/// <summary>
/// Makes creation requests with an <c>Idempotency-Key</c> one upload, the same way for every protocol whose uploads exist before their bytes.
/// </summary>
internal sealed class ResumableCreations(CreationKeys keys, UploadCreator creator, UploadFinder finder, IGrainFactory grains)
{
    /// <summary>
    /// A new upload, or the one that an earlier request with the key has created, whatever has become of it since.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="route">Its route.</param>
    /// <param name="declared">Everything that the request declares about the upload.</param>
    /// <param name="upload">The upload to be created.</param>
    /// <param name="expected">How many bytes it may have, where no length is declared but something bounds it; null otherwise.</param>
    public async Task<ResumableCreation> CreateAsync(HttpContext context, string route, string declared, NewUpload upload, long? expected = null)
    {
        var (creation, refused) = await keys.BeginAsync(context, route, declared, creator.NewId(upload.Kind));
        if (refused is not null)
            return new ResumableCreation(null, refused);
        await using (creation)
        {
            if (creation is { MayExist: true })
            {
                if (await finder.FindAsync(creation.Id, context.User.UserId()) is { State: not UploadState.None } earlier)
                {
                    await creation.EndAsync(CreationEnd.Made);
                    return new ResumableCreation(creation.Id, null, earlier);
                }

                if (creation.WasMade)
                    return new ResumableCreation(null, Problem.UploadGone);
                // It was made in this moment, or another request has taken over: the client's next try finds it.
                if (!await grains.GetGrain<IUploadGrain>(creation.Id).CloseAsync() || !await creation.RestartAsync(creator.NewId(upload.Kind)))
                    return new ResumableCreation(null, Problem.IdempotencyKeyRunning);
            }

            var (id, problem) = await creator.CreateAsync(upload, expected, creation?.Id);
            if (creation is not null)
                await creation.EndAsync(id is null ? CreationEnd.Refused : CreationEnd.Made);
            return new ResumableCreation(id, problem, Creation: creation);
        }
    }
}

/// <summary>What became of a creation request.</summary>
/// <param name="Id">The upload; null when it is refused.</param>
/// <param name="Problem">Why it is refused.</param>
/// <param name="Earlier">The upload as it is, when an earlier request has created it.</param>
/// <param name="Creation">Frees the key again, when the upload is given up because of what the request brought; null without a key.</param>
internal readonly record struct ResumableCreation(string? Id, Problem? Problem, UploadInfo? Earlier = null, Creation? Creation = null);
