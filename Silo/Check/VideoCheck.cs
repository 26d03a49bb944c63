using System.Security.Cryptography;
using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Backends.ObjectStore.Inventory;
using Ingestion.Grains.Check;
using Ingestion.Grains.Storage;
using Ingestion.Grains.Videos;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Silo.Check;

/// <summary>From the row of a video to its bytes, to its place in its owner's library, and to the work that it waits for.</summary>
internal sealed class VideoCheck(CheckScope scope)
{
    public const string GrainType = "video";

    public async Task<IReadOnlyList<Finding>> LookAsync(IReadOnlyList<StoredState> rows, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var videos = new List<(string Id, VideoState State)>();
        foreach (var row in rows)
        {
            if (!MediaId.IsValid(row.Name.Key) || !row.TryRead<VideoState>(out var state))
                findings.Add(new Finding(FindingCode.StateDamaged, row.Name.Key, "the state of the video cannot be read") { State = row.Name });
            else if (state.Record is not null)
                videos.Add((row.Name.Key, state));
        }

        videos.Sort((one, other) => string.CompareOrdinal(one.Id, other.Id));
        var objects = await scope.Objects.FindAsync([.. videos.Where(IsVisible).Select(video => video.Id)], cancellationToken);
        var libraries = await LibrariesAsync(videos.Where(IsVisible), cancellationToken);
        foreach (var (id, state) in videos)
        {
            findings.AddRange(Waiting(id, state).Select(Named));
            if (IsDeleted(state))
                continue;
            findings.AddRange(Bytes(id, state.Record!, objects[id]).Select(Named));
            findings.AddRange(Listed(id, state, libraries).Select(Named));
            if (scope.Deep && await DiffersAsync(id, state.Record!, cancellationToken) is { } differs)
                findings.Add(Named(differs));

            Finding Named(Finding finding) => finding with { State = new StateName(id, GrainType) };
        }

        return findings;
    }

    private static bool IsVisible((string Id, VideoState State) video) => !IsDeleted(video.State);

    private static bool IsDeleted(VideoState state) => state.Deleting || state.Record is null;

    private static IEnumerable<Finding> Bytes(string id, VideoRecord record, IEnumerable<StoredObject> objects)
    {
        var names = objects.ToDictionary(item => item.Name);
        if (!names.TryGetValue(ObjectKey.Source(id).Name, out var source))
            yield return new Finding(FindingCode.VideoBytesMissing, id, $"the store has no source; the record has {record.SizeBytes} bytes ({record.Status.WireName})");
        else if (source.Length != record.SizeBytes)
            yield return new Finding(FindingCode.VideoBytesDiffer, id, $"the source has {source.Length} bytes, the record {record.SizeBytes}");
        if (record.HasPoster && !names.ContainsKey(ObjectKey.Poster(id).Name))
            yield return new Finding(FindingCode.PosterMissing, id, "the store has no poster; POST …/reprocess makes another");
    }

    private IEnumerable<Finding> Listed(string id, VideoState state, IReadOnlyDictionary<StateName, StoredState> libraries)
    {
        var place = LibraryPlace.Of(Math.Max(state.LibraryPosition, 1));
        var key = scope.States.KeyOf(LibraryPlace.GrainType, state.Record!.Owner);
        if (state.LibraryPosition == 0
            || !place.Has(id, Read<LogHead>(libraries, new StateName(key, LibraryPlace.Head)), Read<LogSegment<string>>(libraries, new StateName(key, place.StateName))))
            yield return new Finding(FindingCode.VideoUnlisted, id, $"its owner's library has it not at place {state.LibraryPosition}")
            {
                Repair = repairs => repairs.ListAsync(id),
            };
    }

    private IEnumerable<Finding> Waiting(string id, VideoState state)
    {
        var (record, now) = (state.Record!, scope.Time.GetUtcNow());
        if (record.UpdatedAt > scope.ChangedBefore)
            yield break;
        var isClaimed = (state.ClaimedBy is not null && state.ClaimUntil > now) || record.Progress?.NextAttemptAt > now;
        var waits = state switch
        {
            { Deleting: true } => "to be deleted",
            { Outbox.Count: > 0 } when record.Status.IsTerminal => "to publish its events",
            _ when !record.Status.IsTerminal && !isClaimed => "to be processed",
            _ => null,
        };
        if (waits is not null)
            yield return new Finding(FindingCode.VideoStalled, id, $"it waits {waits} since {record.UpdatedAt:u} ({record.Status.WireName})")
            {
                Repair = repairs => repairs.ContinueAsync(id),
            };
    }

    private async Task<Finding?> DiffersAsync(string id, VideoRecord record, CancellationToken cancellationToken)
    {
        await using var source = record.Sha256 is null ? null : await scope.Objects.OpenSourceAsync(id, cancellationToken);
        if (source is null)
            return null;
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(source, cancellationToken));
        return digest == record.Sha256
            ? null
            : new Finding(FindingCode.VideoBytesDiffer, id, $"the SHA-256 of the source is {digest}, the record has {record.Sha256}");
    }

    private Task<IReadOnlyDictionary<StateName, StoredState>> LibrariesAsync(IEnumerable<(string Id, VideoState State)> videos, CancellationToken cancellationToken)
    {
        var names = new HashSet<StateName>();
        foreach (var (_, state) in videos)
        {
            var key = scope.States.KeyOf(LibraryPlace.GrainType, state.Record!.Owner);
            names.Add(new StateName(key, LibraryPlace.Head));
            if (state.LibraryPosition > 0)
                names.Add(new StateName(key, LibraryPlace.Of(state.LibraryPosition).StateName));
        }

        return scope.States.FindAsync(LibraryPlace.GrainType, names, cancellationToken);
    }

    private static T? Read<T>(IReadOnlyDictionary<StateName, StoredState> states, StateName name)
        where T : class => states.TryGetValue(name, out var state) && state.TryRead<T>(out var read) ? read : null;
}
