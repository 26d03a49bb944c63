using System.Security.Cryptography;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Uploads.Resumable;

/// <summary>A client of tus that does not give up: it requests the offset and continues from there until all is sent, whatever the silo does.</summary>
internal sealed class ResumingUpload(ApiClient api, int length, int chunk)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(length);
    private readonly TusClient _tus = new(api);
    private long _acknowledged;
    private int _sent;
    private int _answered;

    /// <summary>Bytes that the silo has acknowledged; read from anywhere.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Requests with bytes so far.</summary>
    public int Sent => _sent;

    /// <summary>How often the silo has said how far it is; read from anywhere.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Uploads all of it, calling <paramref name="beforeChunk"/> before each request; the video's id.</summary>
    public async Task<string> RunAsync(Func<Task> beforeChunk)
    {
        var path = await UntilAnsweredAsync(() => _tus.CreateAsync(length));
        while (await OffsetAsync(path) is var offset && offset < length)
        {
            await beforeChunk();
            await TryAsync(path, offset);
        }

        return TusClient.IdOf(path);
    }

    /// <summary>What the silo made of it is what was sent.</summary>
    public async Task AssertWholeAsync(string id)
    {
        Answer? source = null;
        await Eventually.TrueAsync(async () => (source = await api.GetAsync($"/api/videos/{id}/source")).Status == 200, () => $"{id} is there");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_content)), Convert.ToHexStringLower(SHA256.HashData(source!.Body)));
    }

    private async Task<long> OffsetAsync(string path)
    {
        var offset = await UntilAnsweredAsync(async () => TusClient.OffsetOf((await _tus.HeadAsync(path)).Is(200)));
        Assert.InRange(offset, _acknowledged, length);
        Volatile.Write(ref _acknowledged, offset);
        Volatile.Write(ref _answered, _answered + 1);
        return offset;
    }

    private async Task TryAsync(string path, long offset)
    {
        try
        {
            _sent++;
            var answer = await _tus.PatchAsync(path, offset, _content[(int)offset..(int)Math.Min(length, offset + chunk)]);
            if (answer.Status == 204)
                Volatile.Write(ref _acknowledged, TusClient.OffsetOf(answer));
            else
                Assert.True(answer.Status is 409 or >= 500, $"{answer.Status} for a request in good order");
        }
        catch (HttpRequestException)
        {
            // The silo has gone; it comes back.
        }
    }

    /// <summary>Retries for as long as no silo answers, or none can.</summary>
    private static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> request)
    {
        T answer = default!;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    answer = await request();
                    return true;
                }
                catch (Exception e) when (e is HttpRequestException or Xunit.Sdk.XunitException)
                {
                    await Task.Delay(_pause);
                    return false;
                }
            },
            () => "the silo answers");
        return answer;
    }
}
