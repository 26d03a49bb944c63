using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Status;

/// <summary>Journal entries in short. A video is named by one letter, its events by offset.</summary>
internal static class Entries
{
    public static JournalEntry Entry(long offset, string video = "a", VideoStatus status = VideoStatus.Processing) =>
        new(offset, Event("e" + offset, video, status));

    public static StatusEvent Event(string id, string video = "a", VideoStatus status = VideoStatus.Processing) =>
        new(id, VideoId(video), status, ManualTime.Start);

    public static string VideoId(string letter) => new(letter[0], MediaId.Length);

    public static JournalEntry[] Range(long first, long last) => [.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(offset => Entry(offset))];
}
