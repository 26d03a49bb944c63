using System.Text;
using Ingestion.Tests.EndToEnd.Security;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>A copy of the database gives no secret of a webhook away.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb, NpmServer.Node, NpmServer.Npm)]
public sealed class DatabaseSecretTests
{
    private const string Prefix = "whsec_";
    private const string Field = "Bearer open-sesame-barley";

    [ContractFact]
    public async Task NoRowHoldsASecret_WhenWebhooksAreAddedAndRotated()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var cluster = await ClusterOfTwo.StartAsync(WebhookSilo.Lenient);
        using var api = cluster.One.As("alice", "upload", "read", "webhooks", "admin");
        List<string> secrets = [];
        foreach (var path in new[] { WebhookClient.Path, "/api/admin/webhooks" })
        {
            var added = (await api.PostJsonAsync(path, JsonSerializer.Serialize(new { url = receiver.Url(), headers = new { Authorization = Field } }))).Is(201)
                .Json;
            var rotated = (await api.PostJsonAsync($"{path}/{added.GetProperty("id").GetString()}/secret", "{}")).Is(200).Json;
            secrets.AddRange(new[] { added, rotated }.Select(answer => answer.GetProperty("secret").GetString()!));
        }

        await api.UploadToReadyAsync(Samples.Mp4);
        var received = await receiver.UntilAsync(requests => requests.Count(request => request.State == "ready") >= 2, "both webhooks are sent to");
        Assert.All(secrets, secret => Assert.Contains(received, request => request.Signatures.Contains(request.SignatureWith(secret))));

        var rows = (await Remains.InDatabaseAsync(cluster.Database)).ToArray();
        Assert.NotEmpty(rows.Holding(receiver.Address.Authority));
        Assert.All(received, request => Assert.Equal(Field, request.Headers["Authorization"]));
        Assert.Empty(rows.Holding([Prefix, Field, .. secrets.SelectMany(Forms)]));
    }

    /// <summary>The secret in clear, as bytes, in hexadecimal and in base64.</summary>
    private static string[] Forms(string secret)
    {
        var key = Convert.FromBase64String(secret[Prefix.Length..]);
        return
        [
            secret[Prefix.Length..], Encoding.Latin1.GetString(key), Convert.ToHexStringLower(key), Convert.ToHexString(key),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret[Prefix.Length..])),
        ];
    }
}
