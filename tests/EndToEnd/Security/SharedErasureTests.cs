using System.Text;
using Ingestion.Tests.EndToEnd.Webhooks;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>Nothing is left of a user who was erased: looked for in each row of PostgreSQL, each object of the bucket, the queue and both data folders.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb, NpmServer.Node, NpmServer.Npm)]
public sealed class SharedErasureTests
{
    private const string States = "public.orleansstorage";

    [ContractFact]
    public async Task NothingIsLeftOfAUser_WhenErasedThroughTheOtherSilo()
    {
        await using var cluster = await ClusterOfTwo.StartAsync(WebhookSilo.Lenient);
        using var admin = cluster.Other.As("root", "admin");
        using var bob = cluster.One.As("bob");
        var bobs = await bob.UploadToReadyAsync(Samples.Mp4);
        string[] ids = [.. await UserToErase.FillAsync(cluster.One), .. await UserToErase.FillAsync(cluster.Other)];
        await AssertAllIsThereAsync(cluster, ids);

        (await admin.DeleteAsync($"/api/admin/users/{UserToErase.Name}")).Is(202);
        await UserToErase.DoneAsync(admin);

        Assert.Empty(await NamedAsync(cluster));
        Assert.Empty((await Remains.InBucketAsync(cluster)).Holding(ids));
        Assert.Empty((await Remains.InDatabaseAsync(cluster.Database)).Where(row => !IsTombstone(row)).Holding(ids));
        Assert.Empty(cluster.Silos.SelectMany(silo => Remains.InFolder(silo.Data)).Holding(ids));
        Assert.Equal(0, await cluster.Backends.CountJobsAsync());
        Assert.Equal(0, await cluster.Backends.CountDeadLettersAsync());
        Assert.Equal([bobs], await bob.ListAsync());
        Assert.Equal(Samples.Mp4, (await bob.GetAsync($"/api/videos/{bobs}/source")).Is(200).Body);
    }

    /// <summary>It holds the id of a video and when that was removed, until no job of it can exist; the due index holds when that is.</summary>
    private static bool IsTombstone(Kept row) =>
        row.Text.StartsWith("video/", StringComparison.Ordinal) || row.Text.StartsWith("videoindex/", StringComparison.Ordinal);

    /// <summary>A search that can't find what is there would find nothing afterwards either.</summary>
    private static async Task AssertAllIsThereAsync(ClusterOfTwo cluster, string[] ids)
    {
        var rows = (await Remains.InDatabaseAsync(cluster.Database)).ToArray();
        Assert.All(
            [UserToErase.Name, UserToErase.FileName, .. ids],
            text => Assert.Contains(rows, row => row.Place == States && row.Text.Contains(text, StringComparison.Ordinal)));
        Assert.NotEmpty((await Remains.InBucketAsync(cluster)).Holding(ids));
    }

    /// <summary>Where the user or a file of the user is named, also in base64 as tus sends it.</summary>
    private static async Task<IEnumerable<string>> NamedAsync(ClusterOfTwo cluster)
    {
        var everything = (await Remains.InDatabaseAsync(cluster.Database)).Concat(await Remains.InBucketAsync(cluster))
            .Concat(cluster.Silos.SelectMany(silo => Remains.InFolder(silo.Data)));
        string[] names = [UserToErase.Name, UserToErase.FileName];
        return everything.Holding([.. names, .. names.Select(name => Convert.ToBase64String(Encoding.UTF8.GetBytes(name)))]);
    }
}
