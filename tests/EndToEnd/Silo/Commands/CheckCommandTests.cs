using System.Text.Json.Nodes;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Silo.Commands;

/// <summary>A data folder of a silo that has been stopped, with a few videos and an upload under way. Each test damages a copy of it.</summary>
public sealed class CheckedData : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Videos of one user, oldest first.</summary>
    public List<string> Videos { get; } = [];

    public string Upload { get; private set; } = "";

    public string Folder => _folder.In("data");

    /// <summary>What a check found while the silo ran.</summary>
    internal Finished WhileRunning { get; private set; } = new(-1, "", "");

    public async Task InitializeAsync()
    {
        await using var silo = await SiloProcess.StartAsync(Folder);
        using var api = silo.As("alice");
        for (var i = 0; i < 3; i++)
            Videos.Add(await api.UploadToReadyAsync(Samples.Mp4));
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        (await tus.PatchAsync(path, 0, Samples.Mp4[..1000])).Is(204);
        Upload = TusClient.IdOf(path);
        WhileRunning = await CheckCommand.RunAsync(new ChecksOn(Folder));
        await silo.TerminateAsync();
        await silo.ExitAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();
}

/// <summary><c>check</c> on data in files: what it finds, what it puts right, and that it deletes nothing.</summary>
public sealed class CheckCommandTests : IClassFixture<CheckedData>, IDisposable
{
    private static readonly DateTimeOffset _longAgo = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly CheckedData _data;
    private readonly TempFolder _copy = new();
    private readonly ChecksOn _on;

    public CheckCommandTests(CheckedData data)
    {
        _data = data;
        _on = new ChecksOn(_copy.In("data"));
        foreach (var file in Directory.EnumerateFiles(data.Folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_on.Folder, Path.GetRelativePath(data.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task AllIsRight_WhetherTheSiloRunsOrNot()
    {
        Assert.True(_data.WhileRunning.ExitCode == CheckCommand.Right, _data.WhileRunning.Output + _data.WhileRunning.Error);
        Assert.Contains("3 videos, 1 uploads, ", _data.WhileRunning.Output, StringComparison.Ordinal);
        Assert.Contains("all is right", _data.WhileRunning.Output, StringComparison.Ordinal);
        await CheckCommand.FindsAsync(_on.With("--deep", "--repair"), CheckCommand.Right);
    }

    [Fact]
    public async Task BytesThatAreMissingOrOthers_AreFoundAndNeverRepaired()
    {
        File.Delete(Source(0));
        await File.WriteAllBytesAsync(Source(1), Samples.Mp4[1..]);
        var other = Samples.Mp4.ToArray();
        other[^1] ^= 1;
        await File.WriteAllBytesAsync(Source(2), other);
        File.Delete(Path.Combine(_on.Folder, "uploads", _data.Upload + ".part"));
        string[] seen = [$"wrong video_bytes_missing {_data.Videos[0]}", $"wrong video_bytes_differ {_data.Videos[1]}", $"wrong upload_bytes_missing {_data.Upload}"];
        await CheckCommand.FindsAsync(_on, CheckCommand.Wrong, seen);
        // Of these the digest is another, and the length is not.
        await CheckCommand.FindsAsync(
            _on.With("--repair", "--deep"), CheckCommand.Wrong,
            [.. seen, $"wrong video_bytes_differ {_data.Videos[1]}", $"wrong video_bytes_differ {_data.Videos[2]}"]);
    }

    [Fact]
    public async Task PosterThatIsMissing_IsFound()
    {
        Change(VideoState(0), state => state["record"]!["hasPoster"] = true);
        File.Delete(Source(0).Replace("source", "poster.jpg", StringComparison.Ordinal));
        await CheckCommand.FindsAsync(_on, CheckCommand.Wrong, $"wrong poster_missing {_data.Videos[0]}");
    }

    [Fact]
    public async Task VideoThatIsNotListed_IsListedAgain()
    {
        Change(Library, state => state["items"]![1] = null);
        await RepairsAsync($"video_unlisted {_data.Videos[1]}");
        await ServesAsync(_data.Videos);
    }

    [Fact]
    public async Task Library_IsMadeAgain_WhenItIsLost()
    {
        Directory.Delete(Path.GetDirectoryName(Library)!, recursive: true);
        await RepairsAsync([.. _data.Videos.Select(id => $"video_unlisted {id}")]);
        await ServesAsync(_data.Videos);
    }

    [Fact]
    public async Task VideoThatIsListedTwice_IsListedOnce()
    {
        Change(Library, state => state["items"]!.AsArray().Add(_data.Videos[0]));
        await RepairsAsync($"video_listed_twice {_data.Videos[0]}");
        await ServesAsync(_data.Videos);
    }

    /// <summary>As after a restore: the row says queued, and the queue has no job of it.</summary>
    [Fact]
    public async Task VideoWithoutAJob_IsProcessed_OnceItWasRepaired()
    {
        Change(VideoState(2), state =>
        {
            state["record"]!["status"] = 2;
            state["record"]!["updatedAt"] = _longAgo;
        });
        await CheckCommand.FindsAsync(_on, CheckCommand.Wrong, $"wrong video_stalled {_data.Videos[2]}");
        await CheckCommand.FindsAsync(_on.With("--repair"), CheckCommand.Right, $"repaired video_stalled {_data.Videos[2]}");
        await using var silo = await SiloProcess.StartAsync(_on.Folder);
        using var api = silo.As("alice");
        await api.UntilAsync(_data.Videos[2], "ready");
    }

    [Fact]
    public async Task UploadThatNothingEnds_Ends_OnceItWasRepaired()
    {
        Directory.Delete(_on.Folder + "/state/uploadindex", recursive: true);
        Change(Path.Combine(StateOf("upload", _data.Upload), "upload.json"), state => state["touchedAt"] = _longAgo);
        await CheckCommand.FindsAsync(_on.With("--repair"), CheckCommand.Right, $"repaired upload_stalled {_data.Upload}");
        await using var silo = await SiloProcess.StartAsync(_on.Folder, ("Uploads__JanitorSeconds", "1"));
        await Eventually.TrueAsync(
            () => Task.FromResult(!File.Exists(Path.Combine(_on.Folder, "uploads", _data.Upload + ".part"))), () => $"the upload ends\n{silo.Log}");
    }

    [Fact]
    public async Task DamagedState_IsFound()
    {
        await File.WriteAllTextAsync(VideoState(0), "{\"eTag\":\"1\",\"sta");
        await CheckCommand.FindsAsync(
            _on, CheckCommand.Wrong, $"wrong state_damaged {_data.Videos[0]}", $"left_over list_entry_unknown {_data.Videos[0]}",
            $"left_over object_unknown {_data.Videos[0]}", $"left_over object_unknown {_data.Videos[0]}");
    }

    /// <summary>Absence deletes nothing.</summary>
    [Fact]
    public async Task BytesThatNoRowKnows_AreNamedAndStay()
    {
        Directory.Delete(StateOf("video", _data.Videos[0]), recursive: true);
        var names = Directory.GetFiles(Path.GetDirectoryName(Source(0))!);
        string[] findings = [$"left_over list_entry_unknown {_data.Videos[0]}", .. names.Select(_ => $"left_over object_unknown {_data.Videos[0]}")];
        await CheckCommand.FindsAsync(_on.With("--repair"), CheckCommand.LeftOver, findings);
        Assert.Equal(names, Directory.GetFiles(Path.GetDirectoryName(Source(0))!));
        // Young bytes may be of an upload under way.
        var run = await CheckCommand.RunAsync(_on, "--older-than", "1d");
        Assert.True(run.ExitCode == CheckCommand.Right, run.Output);
    }

    [Fact]
    public async Task NothingIsPrintedAsRight_WhenItCannotBeChecked()
    {
        var run = await CheckCommand.RunAsync(new ChecksOn(_copy.In("nowhere")));
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("ingestion: cannot check: there is no data folder", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_copy.In("nowhere")));
    }

    private string Library => Path.Combine(StateOf("library", "alice"), "library-0.json");

    private string VideoState(int number) => Path.Combine(StateOf("video", _data.Videos[number]), "video.json");

    private string Source(int number) => Path.Combine(_on.Folder, "objects", _data.Videos[number][^2..], _data.Videos[number], "source");

    private string StateOf(string type, string key) =>
        Directory.EnumerateDirectories(Path.Combine(_on.Folder, "state", type), key, SearchOption.AllDirectories).Single();

    private static void Change(string file, Action<JsonNode> change)
    {
        var envelope = JsonNode.Parse(File.ReadAllText(file))!;
        change(envelope["state"]!);
        File.WriteAllText(file, envelope.ToJsonString());
    }

    /// <summary>It is found, put right, and not found again.</summary>
    private async Task RepairsAsync(params string[] findings)
    {
        await CheckCommand.FindsAsync(_on, CheckCommand.Wrong, [.. findings.Select(finding => $"wrong {finding}")]);
        await CheckCommand.FindsAsync(_on.With("--repair"), CheckCommand.Right, [.. findings.Select(finding => $"repaired {finding}")]);
        await CheckCommand.FindsAsync(_on, CheckCommand.Right);
    }

    private async Task ServesAsync(IEnumerable<string> videos)
    {
        await using var silo = await SiloProcess.StartAsync(_on.Folder);
        using var api = silo.As("alice");
        Assert.Equal(videos.Order(StringComparer.Ordinal), (await api.ListAsync()).Order(StringComparer.Ordinal));
        foreach (var id in videos)
            Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body);
    }
}
