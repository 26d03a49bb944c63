using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Ingestion.Bench.StatusLoad;

/// <summary>The uploads that the silo has acknowledged, for a later look whether all are still there: a line each, of video, SHA-256 and token.</summary>
internal sealed class Ledger(string? path)
{
    private readonly ConcurrentQueue<string> _lines = new();

    public int Count => _lines.Count;

    public void Acknowledged(string video, string sha256, string token) => _lines.Enqueue($"{video} {sha256} {token}");

    public static string Sha256(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(SHA256.HashData(file));

    /// <summary>Appends, so that several loads can share a file one after the other.</summary>
    public Task SaveAsync() => path is null ? Task.CompletedTask : File.AppendAllLinesAsync(path, _lines);
}
