using System.Text;
using Xunit;
using static Ingestion.Tests.Contracts.JobQueues.Files.QueueInFolder;

namespace Ingestion.Tests.Contracts.JobQueues.Files;

public sealed class DamagedJournalTests : IAsyncLifetime
{
    private readonly QueueInFolder _folder = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _folder.CloseAsync();

    [Theory]
    [InlineData("6d6f6f6e 512 {\"op\":\"Put\",\"id\":9,\"jo")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("half\nand another line that was never whole\n")]
    public async Task TornTail_IsCutOff_WhenTheJournalIsOpened(string tail)
    {
        await EnqueueAsync(_folder.Open(), "a", "b");
        _folder.Crash();
        await File.AppendAllTextAsync(_folder.Journal, tail);

        var queue = _folder.Open();
        await EnqueueAsync(queue, "c");
        Assert.Equal(["a", "b", "c"], (await DrainAsync(_folder.CrashAndOpen())).Keys.Order());
    }

    [Fact]
    public async Task LastRecord_IsForgotten_WhenHalfOfItIsMissing()
    {
        await EnqueueAsync(_folder.Open(), "a", "b");
        _folder.Crash();
        await using (var journal = File.OpenWrite(_folder.Journal))
            journal.SetLength(journal.Length - 5);
        Assert.Equal(["a"], (await DrainAsync(_folder.Open())).Keys);
    }

    [Fact]
    public async Task HoleInWhatWasNeverFlushed_IsATornTail()
    {
        var queue = _folder.Open();
        await EnqueueAsync(queue, "a", "b");
        var flushed = new FileInfo(_folder.Journal).Length;
        // Two attempts: written, not flushed. A crash of the machine may keep the second and lose the first.
        await DrainAsync(queue);
        _folder.Crash();
        await OverwriteAsync(flushed, new byte[16]);

        Assert.All((await DrainAsync(_folder.Open())).Values, job => Assert.Equal(1, job.Attempt));
    }

    [Fact]
    public async Task Damage_IsAnErrorThatNamesFileAndOffset_WhenItIsNotTheTail()
    {
        var queue = _folder.Open();
        var offset = new FileInfo(_folder.Journal).Length;
        await EnqueueAsync(queue, "a", "b", "c");
        _folder.Crash();
        await OverwriteAsync(offset + 20, "x"u8.ToArray());

        var error = Assert.Throws<InvalidDataException>(_folder.Open);
        Assert.Contains(_folder.Journal, error.Message, StringComparison.Ordinal);
        Assert.Contains($"offset {offset},", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_IsAnError_WhenItIsInACompactedJournalWithoutATail()
    {
        await EnqueueAsync(_folder.Open(), "a", "b");
        _folder.CrashAndOpen();
        var text = await File.ReadAllTextAsync(_folder.Journal);
        _folder.Crash();
        await OverwriteAsync(text.IndexOf("\"a\"", StringComparison.Ordinal), "x"u8.ToArray());
        Assert.Throws<InvalidDataException>(_folder.Open);
    }

    [Fact]
    public async Task Open_Fails_WhenTheFileIsNoJournal()
    {
        await File.WriteAllTextAsync(_folder.Journal, "not a journal\n");
        Assert.Contains("offset 0,", Assert.Throws<InvalidDataException>(_folder.Open).Message, StringComparison.Ordinal);
        Assert.Equal("not a journal\n", await File.ReadAllTextAsync(_folder.Journal));
    }

    [Fact]
    public async Task Journal_IsTextThatAnOperatorCanRead()
    {
        await EnqueueAsync(_folder.Open(), "a-video");
        var line = Encoding.UTF8.GetString(await ReadAsync(_folder.Journal)).Split('\n')[^2];
        Assert.EndsWith("""{"op":"Put","id":1,"job":{"videoId":"a-video","serviceId":"service"},"at":"2030-01-02T03:04:05+00:00"}""", line,
            StringComparison.Ordinal);
    }

    private async Task OverwriteAsync(long offset, byte[] bytes)
    {
        await using var journal = new FileStream(_folder.Journal, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        journal.Position = offset;
        await journal.WriteAsync(bytes);
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }
}
