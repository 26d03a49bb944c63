using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Users;

/// <summary>
/// One pass over everything that is stored of a user. Each step may be done again, in any state that a crash leaves. Webhooks go first, so that
/// nothing is sent of what follows; what lists or counts the others goes last, as it is written while they go.
/// </summary>
/// <param name="grains">Reaches them.</param>
/// <param name="user">Whose.</param>
internal sealed class UserEraser(IGrainFactory grains, string user)
{
    private const int AtOnce = 16;
    private const int PageSize = 64;

    public async Task<ErasurePass> RunAsync()
    {
        var webhooks = await grains.GetGrain<IWebhookGrain>(user).EraseAsync();
        var (uploads, pendingUploads) = await EraseUploadsAsync();
        var (videos, pendingVideos) = await EraseVideosAsync();
        var pending = pendingUploads || pendingVideos;
        var hadJournal = false;
        if (!pending)
        {
            hadJournal = await grains.GetGrain<IStatusGrain>(user).EraseAsync();
            await grains.GetGrain<ILibraryGrain>(user).EraseAsync();
            await grains.GetGrain<IQuotaGrain>(user).EraseAsync();
        }

        return new ErasurePass(videos, uploads, webhooks, hadJournal, pending);
    }

    /// <summary>Only the index knows all records of uploads, and only an upload knows whose it is.</summary>
    private async Task<(int Erased, bool Pending)> EraseUploadsAsync()
    {
        var (erased, pending) = (0, false);
        foreach (var shard in UploadShards.All)
        {
            var index = grains.GetGrain<IUploadIndexGrain>(shard);
            foreach (var ids in (await index.ListAsync()).Distinct().Chunk(AtOnce))
            {
                var results = await Task.WhenAll(ids.Select(EraseUploadAsync));
                pending |= results.Contains(null);
                var gone = ids.Where((_, i) => results[i] is true).ToArray();
                erased += gone.Length;
                if (gone.Length > 0)
                    await index.RemoveAsync(gone);
            }
        }

        return (erased, pending);
    }

    /// <summary>Null: it is the user's, and has not ended yet.</summary>
    private async Task<bool?> EraseUploadAsync(string id)
    {
        try
        {
            return await grains.GetGrain<IUploadGrain>(id).EraseAsync(user);
        }
#pragma warning disable CA1031 // Stores and queues fail in many ways; the next pass retries, and the others continue.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private async Task<(int Erased, bool Pending)> EraseVideosAsync()
    {
        var (erased, pending) = (0, false);
        var library = grains.GetGrain<ILibraryGrain>(user);
        long? cursor = null;
        do
        {
            var page = await library.ListAsync(cursor, PageSize);
            foreach (var ids in page.VideoIds.Chunk(AtOnce))
            {
                var results = await Task.WhenAll(ids.Select(EraseVideoAsync));
                erased += results.Count(result => result.Erased);
                pending |= results.Any(result => result.Pending);
            }

            cursor = page.Next;
        }
        while (cursor is not null);
        return (erased, pending);
    }

    private async Task<(bool Erased, bool Pending)> EraseVideoAsync(string id)
    {
        var video = grains.GetGrain<IVideoGrain>(id);
        // False: it is being removed already, or a crash kept it from being born.
        var erased = await video.DeleteAsync(user);
        return (erased, await video.ExistsAsync());
    }
}
