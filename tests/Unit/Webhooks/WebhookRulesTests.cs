using Ingestion.Backends.Webhooks;
using Ingestion.Grains.Storage;
using Ingestion.Grains.Webhooks;
using Ingestion.Status;
using Ingestion.Tests.Unit.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>Webhooks of a user, and when failed deliveries are retried.</summary>
public class WebhookRulesTests
{
    private static readonly DateTimeOffset _now = ManualTime.Start;

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 30)]
    [InlineData(3, 120)]
    [InlineData(4, 600)]
    [InlineData(5, 1_800)]
    [InlineData(6, 3_600)]
    [InlineData(7, 7_200)]
    [InlineData(8, 14_400)]
    [InlineData(9, 28_800)]
    [InlineData(10, 28_800)]
    public void Delay_IsThatOfTheScheduleWithJitter_AfterFailures(int attempts, int seconds)
    {
        Assert.Equal(0.8 * seconds, WebhookRules.RetryDelay(attempts, retryAfter: null, random: 0)!.Value.TotalSeconds, precision: 3);
        Assert.Equal(seconds, WebhookRules.RetryDelay(attempts, retryAfter: null, random: 0.5)!.Value.TotalSeconds, precision: 3);
        Assert.Equal(1.2 * seconds, WebhookRules.RetryDelay(attempts, retryAfter: null, random: 1)!.Value.TotalSeconds, precision: 3);
    }

    [Fact]
    public void AttemptsEnd_AfterAboutADay()
    {
        Assert.Null(WebhookRules.RetryDelay(11, retryAfter: null, random: 0.5));
        Assert.Null(WebhookRules.RetryDelay(11, TimeSpan.FromSeconds(1), random: 0.5));
        var all = Enumerable.Range(1, 10).Sum(attempts => WebhookRules.RetryDelay(attempts, retryAfter: null, random: 0.5)!.Value.TotalHours);
        Assert.InRange(all, 23, 24);
    }

    [Theory]
    [InlineData(-10, 5)]
    [InlineData(1, 5)]
    [InlineData(60, 60)]
    [InlineData(3_600, 3_600)]
    [InlineData(1_000_000, 3_600)]
    public void Delay_IsTheReceiversRetryAfter_WhenThatIsLongerAndNotTooLong(int retryAfter, int seconds) =>
        Assert.Equal(seconds, WebhookRules.RetryDelay(1, TimeSpan.FromSeconds(retryAfter), random: 0.5)!.Value.TotalSeconds, precision: 3);

    [Theory]
    [InlineData(VideoStatus.Queued, WebhookWhen.Always, "", true)]
    [InlineData(VideoStatus.Queued, WebhookWhen.Always, "video.queued,video.ready", true)]
    [InlineData(VideoStatus.Queued, WebhookWhen.Always, "video.ready", false)]
    [InlineData(VideoStatus.Queued, WebhookWhen.Unacknowledged, "", false)]
    [InlineData(VideoStatus.Ready, WebhookWhen.Unacknowledged, "", true)]
    [InlineData(VideoStatus.Ready, WebhookWhen.Unacknowledged, "video.failed", false)]
    public void Event_IsWanted(VideoStatus status, WebhookWhen when, string events, bool wanted)
    {
        var webhook = New("a", events, when);
        Assert.Equal(wanted, WebhookRules.Wants(webhook, Entries.Event("e", status: status)));
    }

    [Fact]
    public void Types_AreThoseOfTheJournal()
    {
        string[] terminal = ["upload.cancelled", "upload.expired", "upload.failed", "video.deleted", "video.failed", "video.ready"];
        Assert.Equal(terminal, WebhookEvents.Terminal.Order(StringComparer.Ordinal));
        Assert.Equal(
            terminal.Concat(["upload.created", "upload.completed", "video.queued", "video.processing", "video.playable", "video.updated", "webhook.disabled",
                "webhook.dead_letter"]).Order(StringComparer.Ordinal),
            WebhookEvents.All.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Adding_IsRefused_WhenThereAreAsManyAsAllowed()
    {
        var list = Listed(New("a"), New("b"));
        var refused = WebhookRules.Add(list, New("c"), most: 2, listed: true);
        Assert.Equal((AddOutcome.Full, list, false), (refused.Result, refused.Next, refused.Durable));
        Assert.Equal(["a", "b", "c"], WebhookRules.Add(list, New("c"), most: 3, listed: false).Next.Webhooks.Select(webhook => webhook.Id));
    }

    [Fact]
    public void Adding_NeedsTheUserListedFirst()
    {
        var empty = new WebhookList();
        Assert.Equal(AddOutcome.Unlisted, WebhookRules.Add(empty, New("a"), most: 8, listed: false).Result);
        var added = WebhookRules.Add(empty, New("a"), most: 8, listed: true);
        Assert.True(added is { Result: AddOutcome.Ok, Next.Listed: true, Durable: true });
        Assert.False(WebhookRules.Unlist(added.Next).Result);
        var removed = WebhookRules.Remove(added.Next, "a").Next;
        Assert.True(removed.Listed);
        Assert.True(WebhookRules.Unlist(removed) is { Result: true, Next.Listed: false });
    }

    [Fact]
    public void OldSecrets_SignForADay_AfterRotation()
    {
        var list = Listed(New("a"));
        var first = WebhookRules.Rotate(list, "a", "whsec_2", revokeOld: false, _now);
        Assert.Equal(_now.AddHours(24), first.Result.OldUntil);
        var second = WebhookRules.Rotate(first.Next, "a", "whsec_3", revokeOld: false, _now.AddHours(1)).Next;
        var webhook = WebhookRules.Find(second, "a")!;
        Assert.Equal(["whsec_3", "whsec_2", "whsec_1"], WebhookRules.Secrets(webhook, _now.AddHours(23)));
        Assert.Equal(["whsec_3", "whsec_2"], WebhookRules.Secrets(webhook, _now.AddHours(24)));
        Assert.Equal(["whsec_3"], WebhookRules.Secrets(webhook, _now.AddHours(25)));
        Assert.False(WebhookRules.Rotate(second, "b", "whsec_4", revokeOld: false, _now).Result.IsFound);
    }

    [Fact]
    public void OldSecrets_SignNoMore_WhenRevoked()
    {
        var first = WebhookRules.Rotate(Listed(New("a")), "a", "whsec_2", revokeOld: false, _now).Next;
        var second = WebhookRules.Rotate(first, "a", "whsec_3", revokeOld: true, _now);
        Assert.Equal(new Rotation(IsFound: true, OldUntil: null), second.Result);
        Assert.Equal(["whsec_3"], WebhookRules.Secrets(WebhookRules.Find(second.Next, "a")!, _now));
        Assert.DoesNotContain("whsec_2", System.Text.Json.JsonSerializer.Serialize(second.Next), StringComparison.Ordinal);
    }

    [Fact]
    public void ClearSecrets_AreSealed_AndSealedOnesOfTheKeyOfTodayStay()
    {
        using var sealer = new WebhookSealer([[.. Enumerable.Range(0, 32).Select(i => (byte)i)]]);
        var clear = Listed(New("a") with { OldSecrets = [new OldSecret("whsec_0", _now)] });
        var list = WebhookRules.Sealed(clear, sealer, "ann")!;
        Assert.DoesNotContain("whsec_", System.Text.Json.JsonSerializer.Serialize(list), StringComparison.Ordinal);
        Assert.Equal(("whsec_1", "whsec_0"), (sealer.Open(list.Webhooks[0].Secret, "ann"), sealer.Open(list.Webhooks[0].OldSecrets[0].Secret, "ann")));
        Assert.Null(WebhookRules.Sealed(list, sealer, "ann"));
    }

    [Fact]
    public void ValuesOfOwnFields_AreSealedToo()
    {
        using var sealer = new WebhookSealer([[.. Enumerable.Range(0, 32).Select(i => (byte)i)]]);
        var clear = New("a") with { Secret = sealer.Seal("whsec_1", "ann") };
        var list = WebhookRules.Sealed(Listed(clear with { Wish = clear.Wish with { Headers = [new WebhookHeader("X-Key", "s3cret")] } }), sealer, "ann")!;
        var header = Assert.Single(list.Webhooks[0].Wish.Headers!);
        Assert.Equal(("X-Key", "s3cret"), (header.Name, sealer.Open(header.Value, "ann")));
        Assert.DoesNotContain("s3cret", System.Text.Json.JsonSerializer.Serialize(list), StringComparison.Ordinal);
    }

    [Fact]
    public void OldSecrets_AreFew_WhenRotatedAgainAndAgain()
    {
        var list = Listed(New("a"));
        for (var i = 2; i < 20; i++)
            list = WebhookRules.Rotate(list, "a", $"whsec_{i}", revokeOld: false, _now).Next;
        Assert.Equal(["whsec_19", "whsec_18", "whsec_17", "whsec_16", "whsec_15"], WebhookRules.Secrets(WebhookRules.Find(list, "a")!, _now));
    }

    [Fact]
    public void ReasonOfDisabling_IsTheFirst_UntilItIsEnabled()
    {
        var byOwner = WebhookRules.Change(Listed(New("a")), "a", new WebhookChange { Enabled = false }, _now).Next;
        Assert.Equal((_now, WebhookNotice.Owner), (byOwner.Webhooks[0].DisabledAt, byOwner.Webhooks[0].DisabledReason));
        var gone = new WebhookNotice("a", WebhookNotice.DisabledType, WebhookNotice.Gone, _now, 0);
        var byReceiver = WebhookRules.Disable(Listed(New("a")), gone, notifies: false, _now).Next;
        byReceiver = WebhookRules.Change(byReceiver, "a", new WebhookChange { Enabled = false }, _now.AddHours(1)).Next;
        Assert.Equal((_now, WebhookNotice.Gone), (byReceiver.Webhooks[0].DisabledAt, byReceiver.Webhooks[0].DisabledReason));
        var enabled = WebhookRules.Change(byReceiver, "a", new WebhookChange { Enabled = true }, _now).Next;
        Assert.Equal((null, null), (enabled.Webhooks[0].DisabledAt, enabled.Webhooks[0].DisabledReason));
    }

    [Fact]
    public void Disabled_IsFound()
    {
        var list = Switch(Listed(New("a"), New("b")), "a", enabled: false, _now).Next;
        Assert.Equal(_now, WebhookRules.Find(list, "a")!.DisabledAt);
        Assert.Equal((list, true, false), Switch(list, "a", enabled: false, _now.AddDays(1)) is var again
            ? (again.Next, again.Result, again.Durable)
            : default);
    }

    [Fact]
    public void Enabled_WantsEventsAgain()
    {
        var before = Listed(New("a"), New("b"));
        var disabled = Switch(before, "a", enabled: false, _now).Next;
        var enabled = Switch(disabled, "a", enabled: true, _now);
        Assert.True(enabled is { Result: true, Durable: true });
        Assert.Equal(before.Webhooks, enabled.Next.Webhooks);
        Assert.True(Switch(enabled.Next, "a", enabled: true, _now) is { Result: true, Durable: false });
        Assert.True(Switch(before, "c", enabled: true, _now) is { Result: false, Durable: false });
    }

    [Fact]
    public void Journal_IsNeeded_ForWhatTheWebhooksWaitFor()
    {
        var (always, escalation) = (New("a"), New("b", when: WebhookWhen.Unacknowledged));
        Assert.Equal(WebhookNeeds.None, WebhookRules.Needs(new WebhookList()));
        Assert.Equal(WebhookNeeds.Events, WebhookRules.Needs(Listed(always)));
        Assert.Equal(WebhookNeeds.Events | WebhookNeeds.Acknowledgements, WebhookRules.Needs(Listed(always, escalation)));
        // It may be enabled again: then it sends what came meanwhile, but for what was acknowledged.
        Assert.Equal(WebhookNeeds.Events, WebhookRules.Needs(Switch(Listed(always), "a", enabled: false, _now).Next));
        Assert.Equal(WebhookNeeds.Events | WebhookNeeds.Acknowledgements,
            WebhookRules.Needs(Switch(Listed(escalation), "b", enabled: false, _now).Next));
    }

    [Fact]
    public void Secrets_AreNotPrinted()
    {
        var webhook = New("a") with { OldSecrets = [new OldSecret("whsec_0", _now)] };
        object[] all = [webhook, Listed(webhook), webhook.OldSecrets[0], new WebhookSecret("whsec_1", _now),
            new WebhookMessage("https://x.org", "e", default, ["whsec_1"]) { Headers = [new("X-A", "whsec_2")] }, new WebhookHeader("X-A", "whsec_2"),
            new WebhookChange { Headers = [new("X-A", "whsec_2")] }];
        Assert.All(all, one => Assert.DoesNotContain("whsec_", one.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Change_LeavesTheRestAsItIs()
    {
        var before = New("a", "video.ready") with { OldSecrets = [new OldSecret("whsec_0", _now)] };
        before = before with { Wish = before.Wish with { Description = "d", Headers = [new("X-A", "1"), new("X-B", "2")], Videos = ["v"], MadeBy = "jti" } };
        Webhook After(WebhookChange change) => WebhookRules.Find(WebhookRules.Change(Listed(before), "a", change, _now).Next, "a")!;

        Assert.Equal(before with { Wish = before.Wish with { Url = "https://new" } }, After(new WebhookChange { Url = "https://new" }));
        Assert.Equal(["video.failed"], After(new WebhookChange { Events = ["video.failed"] }).Wish.Events);
        Assert.Null(After(new WebhookChange { Description = "" }).Wish.Description);
        Assert.Equal([], After(new WebhookChange { Videos = [] }).Wish.Videos!);
        Assert.Equal(["X-B=2", "x-a=3"], Shown(After(new WebhookChange { Headers = [new("x-a", "3")] })));
        Assert.Equal(["X-A=1"], Shown(After(new WebhookChange { Headers = [new("x-b", "")] })));
        Assert.Null(After(new WebhookChange { DropsHeaders = true }).Wish.Headers);
        var nine = Enumerable.Range(0, 7).Select(i => new WebhookHeader($"{i}", "v")).ToArray();
        Assert.True(WebhookRules.Change(Listed(before), "a", new WebhookChange { Headers = nine }, _now) is { Result: false, Durable: false });
        Assert.True(WebhookRules.Change(Listed(before), "b", new WebhookChange { Url = "https://new" }, _now) is { Result: false, Durable: false });

        static IEnumerable<string> Shown(Webhook webhook) => webhook.Wish.Headers!.Select(header => $"{header.Name}={header.Value}");
    }

    [Theory]
    [InlineData(true, null, false, true)]
    [InlineData(false, null, true, false)]
    [InlineData(true, "https://new", false, false)]
    [InlineData(false, "https://new", true, true)]
    public void TokenThatSetTheAddressLast_DecidesWhetherEventsShowMedia(bool before, string? url, bool mayRead, bool after)
    {
        var webhook = New("a");
        var list = Listed(webhook with { Wish = webhook.Wish with { ShowsMedia = before } });
        var change = new WebhookChange { Url = url, Description = "d", ShowsMedia = mayRead };
        Assert.Equal(after, WebhookRules.Change(list, "a", change, _now).Next.Webhooks[0].Wish.ShowsMedia);
    }

    [Fact]
    public void Notice_IsStoredWithWhatItIsAbout_OnceAnHourOfDeadLetters()
    {
        var list = Listed(New("a"), New("b"));
        var gone = new WebhookNotice("a", WebhookNotice.DisabledType, WebhookNotice.Gone, _now, 0);
        var disabled = WebhookRules.Disable(list, gone, notifies: true, _now).Next;
        Assert.Equal((_now, WebhookNotice.Gone), (disabled.Webhooks[0].DisabledAt, disabled.Webhooks[0].DisabledReason));
        Assert.Equal(gone, Assert.Single(disabled.Notices).Webhook);
        Assert.True(WebhookRules.Disable(disabled, gone, notifies: true, _now.AddDays(1)) is { Result: false, Durable: false });
        Assert.Empty(WebhookRules.Disable(list, gone, notifies: false, _now).Next.Notices);
        Assert.Empty(WebhookRules.Published(disabled, disabled.Notices).Next.Notices);
        Assert.Empty(WebhookRules.Remove(disabled, "a").Next.Notices);

        var dead = new WebhookNotice("b", WebhookNotice.DeadLetterType, Reason: null, _now, 1);
        var noted = WebhookRules.NoteDead(list, dead, _now).Next;
        Assert.False(WebhookRules.NoteDead(noted, dead, _now.AddMinutes(59)).Result);
        var again = WebhookRules.NoteDead(noted, dead, _now.AddMinutes(60)).Next;
        Assert.Equal(2, again.Notices.Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public void Notice_IsForOtherWebhooksThatNameIt()
    {
        var e = new StatusEvent("e", "", default, _now) { Webhook = new WebhookNotice("a", WebhookNotice.DisabledType, WebhookNotice.Gone, null, 0) };
        Assert.True(WebhookRules.Wants(New("b", "video.ready,webhook.disabled"), e));
        Assert.False(WebhookRules.Wants(New("b", "video.ready,webhook.dead_letter"), e));
        Assert.False(WebhookRules.Wants(New("b"), e));
        Assert.False(WebhookRules.Wants(New("a", "webhook.disabled"), e));
    }

    [Fact]
    public void Event_IsWantedOfTheNamedVideosOnly()
    {
        var webhook = New("a");
        webhook = webhook with { Wish = webhook.Wish with { Videos = [Entries.VideoId("a")] } };
        Assert.True(WebhookRules.Wants(webhook, Entries.Event("e", "a")));
        Assert.False(WebhookRules.Wants(webhook, Entries.Event("e", "b")));
    }

    private static StateChange<WebhookList, bool> Switch(WebhookList list, string id, bool enabled, DateTimeOffset now) =>
        WebhookRules.Change(list, id, new WebhookChange { Enabled = enabled }, now);

    internal static Webhook New(string id, string events = "", WebhookWhen when = WebhookWhen.Always) =>
        new(id, new NewWebhook("https://example.org", events.Split(',', StringSplitOptions.RemoveEmptyEntries), when), _now, new Cursor("k7", 10), "whsec_1");

    private static WebhookList Listed(params Webhook[] webhooks) => new() { Webhooks = webhooks, Listed = true };
}
