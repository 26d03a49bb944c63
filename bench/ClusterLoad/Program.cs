using System.Globalization;
using Ingestion.Bench.ClusterLoad;

// Load on a cluster through its balancer. Lines of figures, times in milliseconds unless they say seconds.
//   uploads KIND URL TOKENS COUNT AT_ONCE FILE [ready]   COUNT uploads of FILE by form, tus or direct; with "ready" it waits for the end of their processing
//   burst URL TOKENS COUNT FILE        COUNT forms at the same moment, none repeated
//   watch URL TOKENS USERS FILE        USERS users that upload in turn as form and by tus, each with a socket: until standard input ends; prints "ready" first.
//                                      Then reads everything back, and prints, with tabs between: longest pause of an upload (s), acknowledged, lost,
//                                      offsets that fell; longest gap of a socket (s), longest delay of an event (s), closed, reset, events, twice,
//                                      left out, videos without their end; answers
//   sockets URL TOKENS SOCKETS         SOCKETS sockets, shared out over the users, until standard input ends; prints "ready" first
// TOKENS is a file with a token a line, each of another user.
var more = args[0] == "uploads" ? 1 : 0;
var tokens = await File.ReadAllLinesAsync(args[2 + more]);
using var client = new Client(new Uri(args[1 + more]));
switch (args[0])
{
    case "uploads":
        await new Uploads(client, tokens, await File.ReadAllBytesAsync(args[6])).RunAsync(args[1], Number(4), Number(5), args is [.., "ready"]);
        break;
    case "burst":
        await new Uploads(client, tokens, await File.ReadAllBytesAsync(args[4])).BurstAsync(Number(3));
        break;
    case "watch":
        await new Watch(client, tokens[..Number(3)], await File.ReadAllBytesAsync(args[4])).RunAsync();
        break;
    case "sockets":
        await new Sockets(client, tokens).RunAsync(Number(3));
        break;
}

int Number(int i) => int.Parse(args[i], CultureInfo.InvariantCulture);
