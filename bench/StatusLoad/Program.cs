using System.Globalization;
using Ingestion.Bench.StatusLoad;

// Load on live status that needs a client with a memory. One line of figures, times in milliseconds.
//   latency URL TOKENS USERS RATE SECONDS   RATE form uploads of 64 KB a second by USERS users, each with a socket: from the last byte, and from
//                                           the event's own time, to the frame
//   storm URL TOKENS SOCKETS                SOCKETS subscribe; prints "ready", and once their silo has gone and come back how long it took them
//   honest URL TOKENS USERS SECONDS         USERS users that read and upload a little
//   crowd URL TOKENS USERS SECONDS          USERS users who poll once each within SECONDS
//   flood KIND URL TOKENS SECONDS           one user that repeats one thing as fast as it can; TOKENS has the user's and an operator's
// TOKENS is a file with a token a line, each of another user.
var more = args[0] == "flood" ? 1 : 0;
var url = new Uri(args[1 + more]);
var tokens = await File.ReadAllLinesAsync(args[2 + more]);
switch (args[0])
{
    case "latency":
        await new Latency(url, tokens[..Number(3)]).RunAsync(Number(4), TimeSpan.FromSeconds(Number(5)));
        break;
    case "storm":
        using (var storm = new Storm(url, tokens[..Number(3)]))
            await storm.RunAsync();
        break;
    case "honest":
        await new Honest(url, tokens[..Number(3)]).RunAsync(TimeSpan.FromSeconds(Number(4)));
        break;
    case "crowd":
        await new Crowd(url, tokens[..Number(3)]).RunAsync(TimeSpan.FromSeconds(Number(4)));
        break;
    case "flood":
        using (var flood = new Flood(url, tokens[0], tokens[1]))
            await flood.RunAsync(args[1], TimeSpan.FromSeconds(Number(4)));
        break;
}

int Number(int i) => int.Parse(args[i], CultureInfo.InvariantCulture);
