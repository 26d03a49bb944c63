using Ingestion.Backends.GrainStorage;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.GrainStorage;

public sealed class StatePathTests
{
    private static readonly string[] _keys =
    [
        "a", "A", "ann@example.org", "Ann@example.org", "../../etc/passwd", "..", ".", "/", "//", "/etc/passwd", "a/b", "a\\b", "..\\..\\x", "a ", " a",
        "~", "~a", "con", "nul.txt", "a:b", "a*", "a?", "a\0b", "a\n", "ä", "a\u0308", "Ä", "ß", "ss", "日本語", "🎬", "\u202Eabc", "%2e%2e", "%2F", "-", "_",
        new string('a', 80), new string('a', 81), new string('a', 5000), new string('日', 300),
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", "~ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    ];

    [Fact]
    public void Paths_StayInTheFolderAndDifferEvenWithoutCase_WhateverTheKey()
    {
        var paths = _keys.Concat(["", " ", "  "]).Select(key => StatePath.Of("/data", "note", key, "head")).ToArray();
        Assert.All(paths, path => Assert.StartsWith("/data/note/", Path.GetFullPath(path), StringComparison.Ordinal));
        Assert.All(paths, path => Assert.Equal(6, path.Split('/').Length));
        Assert.All(paths, path => Assert.All(path.Split('/'), part => Assert.InRange(part.Length, 0, 100)));
        Assert.Equal(paths.Length, paths.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Paths_AreReadable_WhenTheKeyIsPlain() =>
        Assert.EndsWith("/ann@example.org/head.json", StatePath.Of("/data", "note", "ann@example.org", "head"), StringComparison.Ordinal);

    [Fact]
    public void Paths_StayInTheFolderAndDiffer_WhenKeysAreRandom() => Histories.Check(2_000, random =>
    {
        const string Letters = "ab.A~/\\-_@ é\0";
        string AnyKey() => string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => Letters[random.Next(Letters.Length)]));
        var (one, other) = (AnyKey(), AnyKey());
        var (onePath, otherPath) = (StatePath.Of("/data", "note", one, "s"), StatePath.Of("/data", "note", other, "s"));
        Assert.StartsWith("/data/note/", Path.GetFullPath(onePath), StringComparison.Ordinal);
        Assert.Equal(one == other, string.Equals(onePath, otherPath, StringComparison.OrdinalIgnoreCase));
    });
}
