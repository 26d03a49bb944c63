using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Grains.Check;
using Ingestion.Grains.Storage;
using Ingestion.Grains.Videos;

namespace Ingestion.Silo.Check;

/// <summary>From the places of a library to the rows of its videos.</summary>
internal sealed class LibraryCheck(CheckScope scope)
{
    public async Task<IReadOnlyList<Finding>> LookAsync(IReadOnlyList<StoredState> rows, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var places = new List<(StateName State, LibraryPlace Place, string Id)>();
        foreach (var row in rows)
        {
            if (LibraryPlace.SegmentOf(row.Name.Name) is not { } number)
                continue;
            if (!row.TryRead<LogSegment<string>>(out var segment))
                findings.Add(new Finding(FindingCode.StateDamaged, "", $"{row.Name.Name} of the library of {row.Name.Key} cannot be read") { State = row.Name });
            else
                places.AddRange(segment.Items.Select((id, i) => (row.Name, new LibraryPlace(number, i), id!)).Where(place => place.Item3 is not null));
        }

        var videos = await scope.FindAsync<VideoState>(VideoCheck.GrainType, places.Select(place => place.Id), cancellationToken);
        foreach (var (state, place, id) in places)
        {
            if (Look(state, place, id, videos.GetValueOrDefault(id)) is { } finding)
                findings.Add(finding with { State = state });
        }

        return findings;
    }

    private Finding? Look(StateName state, LibraryPlace place, string id, VideoState? video)
    {
        if (video?.Record is not { } record || scope.States.KeyOf(LibraryPlace.GrainType, record.Owner) != state.Key)
            // A video is listed before it is stored.
            return CreatedAt(id) > scope.ChangedBefore
                ? null
                : new Finding(FindingCode.ListEntryUnknown, id, $"place {place.Position} of a library has it, and there is no such video of that user");
        return video.LibraryPosition == place.Position
            ? null
            : new Finding(FindingCode.VideoListedTwice, id, $"its owner's library has it at place {place.Position} too, beside {video.LibraryPosition}")
            {
                Repair = repairs => repairs.ClearAsync(id, place.Position),
            };
    }

    /// <summary>An id begins with its time in milliseconds.</summary>
    private static DateTimeOffset CreatedAt(string id) =>
        MediaId.IsValid(id) ? DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(id[..12], 16)) : DateTimeOffset.MinValue;
}
