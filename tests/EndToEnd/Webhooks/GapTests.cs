using System.Globalization;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>A receiver so far behind that events are lost: the owner and the receiver are notified of how many and which.</summary>
public sealed class GapTests
{
    private const string User = "alice";
    private const string Gap = "journal.gap";
    private const int Uploads = 300;
    private const int Bound = 10_000;

    [Theory]
    [InlineData(WebhookClient.Path, null)]
    [InlineData("/api/admin/webhooks", User)]
    public async Task OwnerAndReceiverAreNotified_WhenMoreEventsWaitThanTheBound(string path, string? owner)
    {
        await using var receiver = await Receiver.StartAsync();
        var held = new TaskCompletionSource();
        receiver.Answer = (request, _) => IsGap(request) ? Task.CompletedTask : held.Task;
        await using var silo = await SiloProcess.StartAsync(data: null, WebhookSilo.Patient);
        using var user = silo.As(User);
        using var api = silo.As(User, "read", "webhooks", "admin");
        var id = await AddAsync(api, path, receiver, "upload.created", "upload.cancelled");
        await LossTests.BurstAsync(user, Uploads);

        // A replay holds the events of the journal once more, behind those that wait already.
        var replay = JsonSerializer.Serialize(owner is null ? new { from = "0:0" } : (object)new { from = "0:0", owner });
        await Eventually.TrueAsync(
            async () =>
            {
                (await api.PostJsonAsync($"{path}/{id}/replay", replay)).Is(202);
                return Missed(await InfoAsync(api, path, id)) > 0;
            },
            "more wait than the bound");

        var gaps = await GapsAsync(api, path, id, receiver);
        held.SetResult();
        var info = await InfoAsync(api, path, id);
        Assert.NotInRange(info.GetProperty("pending").GetInt32(), 0, Bound - 1);
        Assert.True(info.GetProperty("lag").GetDouble() > 0);
        var lines = (await api.GetJsonAsync($"{path}/{id}/deliveries")).GetProperty("items").EnumerateArray();
        Assert.Contains(lines, line => (Text(line, "type"), Text(line, "outcome")) == (Gap, "missed"));
        foreach (var gap in gaps)
            AssertNamesWhatIsLost(gap, id, owner);
        await AssertTheRestComesAsync(receiver, gaps);
    }

    /// <summary>The gaps that came, once they are of all that was lost.</summary>
    private static async Task<Received[]> GapsAsync(ApiClient api, string path, string id, Receiver receiver)
    {
        Received[] gaps = [];
        await Eventually.TrueAsync(
            async () =>
            {
                gaps = [.. receiver.Requests.Where(IsGap)];
                return gaps.Sum(Count) == Missed(await InfoAsync(api, path, id));
            },
            () => $"all of it is in gaps: {string.Join('\n', gaps.Select(gap => gap.Body))}");
        return gaps;
    }

    private static void AssertNamesWhatIsLost(Received gap, string webhook, string? owner)
    {
        var data = gap.Json.GetProperty("data");
        Assert.Equal((gap.Id, data.GetProperty("to").GetString()), (Text(gap.Json, "id"), Text(gap.Json, "cursor")));
        Assert.EndsWith($"/{webhook}", Text(gap.Json, "source"), StringComparison.Ordinal);
        Assert.Matches("^[^:]+:[0-9]+$", Text(data, "from"));
        Assert.Equal(owner, gap.Json.TryGetProperty("owner", out var named) ? named.GetString() : null);
    }

    /// <summary>Of the places up to a gap each was delivered or is counted as lost; behind it come the others.</summary>
    private static async Task AssertTheRestComesAsync(Receiver receiver, Received[] gaps)
    {
        var (last, lost) = (gaps.Max(Sequence), gaps.Sum(Count));
        long[] delivered = [];
        await Eventually.TrueAsync(
            () =>
            {
                delivered = [.. receiver.Answered.Where(request => !IsGap(request)).Select(Sequence).Distinct()];
                return Task.FromResult(delivered.Any(sequence => sequence > last) && lost + delivered.Count(sequence => sequence <= last) == last);
            },
            () => $"what is not lost comes: {last} places, {lost} of them lost; delivered: {string.Join(' ', delivered)}");
    }

    private static async Task<string> AddAsync(ApiClient api, string path, Receiver receiver, params string[] events) =>
        Text((await api.PostJsonAsync(path, JsonSerializer.Serialize(new { url = receiver.Url(), events }))).Is(201).Json, "id")!;

    private static async Task<JsonElement> InfoAsync(ApiClient api, string path, string id) =>
        (await api.GetJsonAsync(path)).GetProperty("items").EnumerateArray().Single(item => Text(item, "id") == id);

    private static long Missed(JsonElement info) => info.GetProperty("missed").GetInt64();

    private static bool IsGap(Received request) => Text(request.Json, "type") == Gap;

    private static long Count(Received gap) => gap.Json.GetProperty("data").GetProperty("count").GetInt64();

    private static long Sequence(Received request) => long.Parse(Text(request.Json, "sequence")!, CultureInfo.InvariantCulture);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
