using System.Globalization;

namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>One user's many videos delay no other user.</summary>
public sealed class OwnersInTurnTests
{
    private const int Many = 8;

    /// <summary>The only worker has begun with the first video of the one when the other one's comes, behind all of the first one's.</summary>
    [MediaFact]
    public async Task VideoWaitsForAtMostOneOfTheOtherUser_WhenThatOneHasManyWaiting()
    {
        using var tools = new HeldTools();
        await using var silo = await SiloProcess.StartAsync(data: null, ("Worker__Concurrency", "1"), ("Worker__ToolPath", tools.Path));
        using var many = silo.As("many");
        using var late = silo.As("late");
        var ids = new List<string>();
        for (var n = 0; n < Many; n++)
            ids.Add(await many.UploadAsync(Samples.Mp4));
        await tools.UntilBegunAsync();
        var id = await late.UploadAsync(Samples.Mp4);
        tools.LetGo();

        var ready = ReadyAt(await late.UntilAsync(id, "ready"));
        var before = 0;
        foreach (var other in ids)
        {
            if (ReadyAt(await many.UntilAsync(other, "ready")) < ready)
                before++;
        }

        // The one under way, and one in turn.
        Assert.InRange(before, 1, 2);
    }

    private static DateTimeOffset ReadyAt(JsonElement record) =>
        DateTimeOffset.Parse(record.GetProperty("updated_at").GetString()!, CultureInfo.InvariantCulture);
}
