using Ingestion.Tests.Cluster.Load;

namespace Ingestion.Tests.Cluster.Checks;

/// <summary>Reads a user's journal page by page.</summary>
internal static class JournalReader
{
    /// <summary>Everything behind <paramref name="cursor"/>, by default from the beginning. That something is kept no more fails.</summary>
    public static async Task<List<SeenEvent>> ReadAsync(PatientClient client, string? cursor = null)
    {
        var events = new List<SeenEvent>();
        do
        {
            var path = "/api/events/history?limit=100" + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}");
            var page = (await client.SendAsync("history", () => client.Api.GetAsync(path)))!.Is(200).Json;
            Assert.False(page.GetProperty("trimmed").GetBoolean(), $"the journal is not whole behind {cursor}");
            events.AddRange(page.GetProperty("events").EnumerateArray().Select(SeenEvent.Of));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        return events;
    }
}
