using Ingestion.Grains.Videos;
using Orleans.Storage;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>The real storage, whose writes of one kind of state fail while a test wants it: before anything is written, or after all of it is.</summary>
internal sealed class FaultyStorage(IGrainStorage inner) : IGrainStorage
{
    /// <summary>Journals that can't be read.</summary>
    public Fault JournalRead { get; } = new();

    /// <summary>Journal writes that never reach the disk.</summary>
    public Fault JournalBefore { get; } = new();

    /// <summary>Journal writes that are done when they fail: the answer is lost.</summary>
    public Fault JournalAfter { get; } = new();

    /// <summary>Writes of where a user's sockets are.</summary>
    public Fault Places { get; } = new();

    /// <summary>Writes of video records that are done when they fail.</summary>
    public Fault VideoAfter { get; } = new();

    /// <summary>Removals of video records, the last step of a deletion.</summary>
    public Fault VideoRemoval { get; } = new();

    /// <summary>Before a video record is written.</summary>
    public Gate? Video { get; set; }

    /// <summary>Before an upload's manifest is written.</summary>
    public Gate? Upload { get; set; }

    /// <summary>Writes of upload manifests: half of the failures before anything is written, half with the answer lost.</summary>
    public Chance Manifest { get; } = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (IsJournal(stateName))
            JournalRead.Strike();
        return inner.ReadStateAsync(stateName, grainId, grainState);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var journal = IsJournal(stateName);
        if (journal)
            JournalBefore.Strike();
        if (stateName == "places")
            Places.Strike();
        if (stateName == "upload")
        {
            Manifest.Strike();
            await (Upload?.PassAsync() ?? Task.CompletedTask);
        }

        if (grainState.State is VideoState video)
        {
            if (video.Removed)
                VideoRemoval.Strike();
            await (Video?.PassAsync() ?? Task.CompletedTask);
        }

        await inner.WriteStateAsync(stateName, grainId, grainState);
        if (journal)
            JournalAfter.Strike();
        if (stateName == "video")
            VideoAfter.Strike();
        if (stateName == "upload")
            Manifest.Strike();
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);

    private static bool IsJournal(string stateName) => stateName.StartsWith("journal", StringComparison.Ordinal);
}
