using System.Text.RegularExpressions;
using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>One line for each act that matters, and a filter that ends them.</summary>
public sealed partial class AuditTests
{
    [Fact]
    public async Task EachActIsOneLine_WithWhoWhatIdAddressAndTrace()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Lenient);
        var acts = await ActAsync(silo);
        await Eventually.TrueAsync(() => Task.FromResult(Lines(silo).Count == acts.Count), () => $"{acts.Count} lines, not {string.Join('\n', Lines(silo))}");
        foreach (var (act, user, subject) in acts)
        {
            var line = Assert.Single(Lines(silo), line => line.Contains($" {user} {act} {subject} ", StringComparison.Ordinal));
            if (act == "token.minted")
            {
                Assert.Contains("sub=carol scopes=upload read share webhooks until=", line, StringComparison.Ordinal);
                continue;
            }

            Assert.Contains("address=127.0.0.1", line, StringComparison.Ordinal);
            Assert.Matches("trace=[0-9a-f]{32}", line);
        }
    }

    [Fact]
    public async Task NoActIsLogged_WhenTheCategoryIsOff()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, [.. WebhookSilo.Lenient, ("Logging__LogLevel__Ingestion.Audit", "None")]);
        await ActAsync(silo);
        var minted = Path.Combine(silo.Data, "audit", "minted.jsonl");
        await Eventually.TrueAsync(() => new FileInfo(minted).Length == 0, "the silo has taken what the command noted");
        Assert.Empty(Lines(silo));
    }

    /// <summary>One act of each kind; what, who and the id.</summary>
    private static async Task<List<(string Act, string User, string Subject)>> ActAsync(SiloProcess silo)
    {
        using var api = silo.As("alice");
        using var admin = silo.As("root", "admin");
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var share = (await ShareTests.ShareAsync(api, video)).GetProperty("id").GetString()!;
        (await api.DeleteAsync($"/api/videos/{video}/share/{share}")).Is(204);
        var (webhook, _) = await api.AddedAsync(new { url = "http://127.0.0.1:9/hook" });
        (await api.SendAsync(HttpMethod.Post, $"/api/webhooks/{webhook}/secret")).Is(200);
        using (var off = Json("""{"enabled":false}"""))
            (await api.SendAsync(HttpMethod.Patch, $"/api/webhooks/{webhook}", off)).Is(200);
        (await api.DeleteAsync($"/api/webhooks/{webhook}")).Is(204);
        (await api.DeleteAsync($"/api/videos/{video}")).Is(204);
        // Refused: no act.
        (await api.DeleteAsync($"/api/videos/{video}")).Is(404);
        (await api.DeleteAsync("/api/admin/users/bob/sockets")).Is(403);
        var broadcast = (await admin.PostJsonAsync("/api/admin/broadcast", """{"channel":"system","message":1}""")).Is(202).Json.GetProperty("id").GetString()!;
        var denial = (await admin.PostJsonAsync("/api/admin/denials", """{"jti":"a\nb\u202ec"}""")).Is(201).Json.GetProperty("id").GetString()!;
        (await admin.DeleteAsync($"/api/admin/denials/{denial}")).Is(204);
        (await admin.DeleteAsync("/api/admin/users/bob/sockets")).Is(200);
        var minted = HandMadeToken.Read(await TokenCommand.MintAsync(silo, "carol")).GetProperty("jti").GetString()!;
        return
        [
            ("share.made", "alice", share), ("share.ended", "alice", share), ("webhook.added", "alice", webhook), ("webhook.secret_rotated", "alice", webhook),
            ("webhook.changed", "alice", webhook), ("webhook.removed", "alice", webhook), ("video.deleted", "alice", video),
            ("broadcast.sent", "root", broadcast),
            ("token.denied", "root", @"a\u000ab\u202ec"), ("denial.removed", "root", denial), ("user.disconnected", "root", "bob"),
            ("token.minted", Environment.UserName, minted),
        ];
    }

    private static StringContent Json(string text) => new(text, encoding: null, "application/json");

    private static List<string> Lines(SiloProcess silo) => [.. silo.Log.Split('\n').Where(line => OfAudit().IsMatch(line))];

    [GeneratedRegex(@"Ingestion\.Audit\[")]
    private static partial Regex OfAudit();
}
