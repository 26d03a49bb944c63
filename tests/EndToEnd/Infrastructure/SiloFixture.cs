namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>One silo for several tests. They share it where user ids of their own keep them apart.</summary>
public abstract class SiloFixture : IAsyncLifetime
{
    private SiloProcess? _silo;

    internal SiloProcess Silo => _silo ?? throw new InvalidOperationException("The silo is not started.");

    internal DataFolder Data => new(Silo.Data);

    private protected virtual (string Name, string Value)[] Settings => [];

    public async Task InitializeAsync()
    {
        _silo = await SiloProcess.StartAsync(data: null, Settings);
        await PrepareAsync();
    }

    public virtual async Task DisposeAsync()
    {
        if (_silo is not null)
            await _silo.DisposeAsync();
    }

    /// <summary>A user that no other test is.</summary>
    internal static string NewUser() => $"user-{Guid.NewGuid():N}";

    private protected virtual Task PrepareAsync() => Task.CompletedTask;
}

/// <summary>A silo as it comes.</summary>
public sealed class DefaultSilo : SiloFixture
{
    public const string Name = "default silo";

    /// <summary>A second one: classes of one collection run one after the other, and one collection for all would be the longest by far.</summary>
    public const string OfUploads = "default silo of the uploads";
}

/// <summary>Classes that share the default silo.</summary>
[CollectionDefinition(DefaultSilo.Name)]
public sealed class DefaultSiloTests : ICollectionFixture<DefaultSilo>;

/// <summary>Classes about uploads that share a default silo.</summary>
[CollectionDefinition(DefaultSilo.OfUploads)]
public sealed class DefaultSiloOfUploadsTests : ICollectionFixture<DefaultSilo>;

/// <summary>A silo with tight limits that is given bad input only, so that what lies in its data folder must never change.</summary>
public sealed class StrictSilo : SiloFixture
{
    public const string Name = "strict silo";

    public const int MaxFileBytes = 200_000;

    internal const string Stranger = "stranger";

    /// <summary>A ready video of the stranger.</summary>
    internal string StrangersVideo { get; private set; } = "";

    private protected override (string Name, string Value)[] Settings =>
        [("Uploads__MaxFileBytes", $"{MaxFileBytes}"), ("Sockets__PingSeconds", "1"), ("Sockets__PongSeconds", "1"), ("Sockets__ExpiryGraceSeconds", "1")];

    /// <summary>Runs something that must leave nothing behind.</summary>
    internal async Task LeavesNothingAsync(Func<Task> act)
    {
        await Data.UntilQuietAsync();
        var before = Data.Snapshot();
        await act();
        Assert.Equal(before, Data.Snapshot());
    }

    private protected override async Task PrepareAsync()
    {
        using var api = Silo.As(Stranger);
        StrangersVideo = await api.UploadToReadyAsync(Samples.Mp4);
        await Data.UntilQuietAsync();
    }
}

/// <summary>Classes that share the strict silo.</summary>
[CollectionDefinition(StrictSilo.Name)]
public sealed class StrictSiloTests : ICollectionFixture<StrictSilo>;
