using System.Security.Cryptography;
using Ingestion.Tests.Cluster.Load;

namespace Ingestion.Tests.Cluster.Checks;

/// <summary>Reads a user's whole library back and compares it with what was sent and acknowledged. Each finding is a sentence.</summary>
internal static class LibraryCheck
{
    public static async Task<List<string>> RunAsync(PatientClient client, Ledger ledger)
    {
        var rows = (await ListAsync(client)).ConvertAll(row => (row.Id, row.Name));
        var findings = Rows(rows, ledger).ToList();
        foreach (var (id, name) in rows.Where(row => ledger.Sent.ContainsKey(row.Name)))
        {
            var source = (await client.SendAsync("source", () => client.Api.GetAsync($"/api/videos/{id}/source")))!;
            if (source.Status != 200 || !SHA256.HashData(source.Body).AsSpan().SequenceEqual(ledger.Sent[name]))
                findings.Add($"the source of {name} ({id}) is not what was sent: {source.Status}, {source.Body.Length} bytes");
        }

        return findings;
    }

    /// <summary>Each row is a video that was sent, no video is there twice, and each that was acknowledged is there with its id.</summary>
    public static IEnumerable<string> Rows(IReadOnlyCollection<(string Id, string Name)> rows, Ledger ledger)
    {
        foreach (var twice in rows.GroupBy(row => row.Name).Where(rows => rows.Count() > 1))
            yield return $"{twice.Key} is in the library {twice.Count()} times: {string.Join(' ', twice.Select(row => row.Id))}";
        foreach (var twice in rows.GroupBy(row => row.Id).Where(rows => rows.Count() > 1))
            yield return $"video {twice.Key} is listed {twice.Count()} times";
        foreach (var (id, name) in rows.Where(row => !ledger.Sent.ContainsKey(row.Name)))
            yield return $"{name} ({id}) is in the library and was never sent";
        foreach (var (name, id) in ledger.Acknowledged.Where(video => !rows.Contains((video.Value, video.Key))))
            yield return $"{name} ({id}) was acknowledged and is not in the library";
    }

    /// <summary>All rows.</summary>
    public static async Task<List<(string Id, string Name, string Status)>> ListAsync(PatientClient client)
    {
        var rows = new List<(string, string, string)>();
        string? cursor = null;
        do
        {
            var path = "/api/videos?limit=100" + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}");
            var page = (await client.SendAsync("list", () => client.Api.GetAsync(path)))!.Is(200).Json;
            rows.AddRange(page.GetProperty("items").EnumerateArray()
                .Select(item => (Text(item, "video_id"), Text(item, "file_name"), Text(item, "status"))));
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        return rows;
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
