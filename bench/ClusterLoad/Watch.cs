using System.Globalization;

namespace Ingestion.Bench.ClusterLoad;

/// <summary>What users see of a cluster while it is broken: each uploads without end, and has a socket.</summary>
internal sealed class Watch(Client client, string[] tokens, byte[] file)
{
    // Processing of the last uploads, and whatever the fault has delayed.
    private static readonly TimeSpan _rest = TimeSpan.FromSeconds(30);

    public async Task RunAsync()
    {
        var answers = new Answers();
        using var stop = new CancellationTokenSource();
        var users = Array.ConvertAll(tokens, token => new WatchedUser(client, token, file, answers));
        var listeners = Array.ConvertAll(tokens, token => new Listener(client, token, watches: true));
        var listening = Array.ConvertAll(listeners, listener => listener.RunAsync(stop.Token));
        foreach (var listener in listeners)
            await listener.Subscribed;
        var uploading = Array.ConvertAll(users, user => user.RunAsync(stop.Token));
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        foreach (var user in users)
            user.Stop();
        await Task.WhenAll(uploading);
        await UntilSeenAsync(users, listeners);
        await stop.CancelAsync();
        await Task.WhenAll(listening);
        var readings = await Task.WhenAll(users.Select(user => user.ReadBackAsync()));

        var (acknowledged, lost) = (users.Sum(user => user.Acknowledged.Count), readings.Sum());
        var unseen = users.Zip(listeners, (user, listener) => user.Acknowledged.Count(video => !listener.HasSeen(video, "video.ready"))).Sum();
        string[] figures =
        [
            Seconds(users.Max(user => user.LongestPause)), $"{acknowledged}", $"{lost}", $"{users.Sum(user => user.Fallen)}",
            Seconds(listeners.Max(listener => listener.LongestGap)), Seconds(listeners.Max(listener => listener.LongestLag)),
            $"{listeners.Sum(listener => listener.Closes)}", $"{listeners.Sum(listener => listener.Resets)}", $"{listeners.Sum(listener => listener.Events)}",
            $"{listeners.Sum(listener => listener.Twice)}", $"{listeners.Sum(listener => listener.Gaps)}", $"{unseen}", $"{answers}",
        ];
        Console.WriteLine(string.Join('\t', figures));
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static async Task UntilSeenAsync(WatchedUser[] users, Listener[] listeners)
    {
        var ends = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(ends) < _rest
            && !users.Zip(listeners, (user, listener) => user.Acknowledged.TrueForAll(video => listener.HasSeen(video, "video.ready"))).All(all => all))
            await Task.Delay(200);
    }
}
