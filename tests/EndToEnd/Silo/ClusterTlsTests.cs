using System.Net.Sockets;
using Ingestion.Tests.Support.Servers;
using Npgsql;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>Two silos that talk by TLS, and others that want to.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb)]
public sealed class ClusterTlsTests : IAsyncLifetime
{
    // As Orleans writes it.
    private const int Active = 3;

    private PostgresServer? _postgres;

    public async Task InitializeAsync() => _postgres = await PostgresServer.TryStartAsync();

    public async Task DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    [ContractFact]
    public async Task OnlySilosOfTheAuthorityReachASilo()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        using var folder = new TempFolder();
        using var authority = new SiloAuthority(folder.In("authority"));
        using var strangers = new SiloAuthority(folder.In("strangers"));
        var port = Ports.Next();
        await using var one = await SiloProcess.StartAsync(folder.In("one"), [.. Settings(database, port), .. authority.SettingsOf("one")]);
        Directory.CreateDirectory(folder.In("other", "keys"));
        File.Copy(folder.In("one", "keys", "token.key"), folder.In("other", "keys", "token.key"));
        await using var other = await SiloProcess.StartAsync(folder.In("other"), [.. Settings(database), .. authority.SettingsOf("other")]);

        // Each user's grains are in either silo, and each silo serves each user.
        for (var i = 0; i < 6; i++)
        {
            using var api = one.As(SiloFixture.NewUser());
            var id = await api.UploadToReadyAsync(Samples.Mp4);
            using var same = new ApiClient(other.Address, api.Token);
            Assert.Equal([id], await same.ListAsync());
        }

        using var anyone = new ApiClient(one.Address, token: null);
        var metrics = (await anyone.GetAsync("/metrics")).Is(200).Text;
        foreach (var use in (string[])["silo", "authority"])
            Assert.Matches($@"(?m)^ingestion_certificate_remaining_seconds\{{.*ingestion_certificate_use=""{use}"".*\}} [1-9]", metrics);

        for (var i = 0; i < 3; i++)
            await EndedAsync(port);
        // Whatever reaches the port could fill the log.
        Assert.DoesNotContain("TlsServerConnectionMiddleware", one.Log, StringComparison.Ordinal);

        await NotJoiningAsync(database, folder, Settings(database));
        await NotJoiningAsync(database, folder, [.. Settings(database), .. strangers.SettingsOf("third")]);
    }

    private static async Task EndedAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            await client.GetStream().WriteAsync(new byte[64], deadline.Token);
            var answer = new byte[64];
            // An alert of TLS at most.
            while (await client.GetStream().ReadAsync(answer, deadline.Token) > 0)
                continue;
        }
        catch (IOException)
        {
            // Reset.
        }
    }

    /// <summary>A silo that has the database, and not the certificate: no other answers it.</summary>
    private static async Task NotJoiningAsync(string database, TempFolder folder, (string Name, string Value)[] settings)
    {
        var start = Executable.Silo(["--urls", $"http://127.0.0.1:{Ports.Next()}", "--data", folder.In($"{Guid.NewGuid():N}")]);
        foreach (var (name, value) in settings)
            start.Environment[$"Ingestion__{name}"] = value;
        using var process = System.Diagnostics.Process.Start(start)!;
        var log = new ProcessLog();
        log.Follow(process);
        try
        {
            await Eventually.TrueAsync(
                () => Task.FromResult(log.ToString().Contains("Failed to get ping responses from 2 of 2 active silos", StringComparison.Ordinal)),
                () => $"nobody answers it\n{log}");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand($"select count(*) from OrleansMembershipTable where Status = {Active}");
        Assert.Equal(2L, await command.ExecuteScalarAsync());
    }

    private static (string Name, string Value)[] Settings(string database, int port = 0) =>
    [
        ("Cluster__Kind", "postgres"), ("Cluster__ConnectionString", database), ("Cluster__SiloPort", $"{port}"),
        ("Cluster__AdvertisedAddress", "127.0.0.1"), ("Cluster__OneSilo", "true"),
    ];
}
