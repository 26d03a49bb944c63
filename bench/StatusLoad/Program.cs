using System.Globalization;
using System.Runtime.InteropServices;
using Ingestion.Bench.StatusLoad;

// Load on live status and uploads that needs a client with a memory. One line of figures, times in milliseconds.
//   latency URL TOKENS USERS RATE SECONDS   RATE form uploads of 64 KB a second by USERS users, each with a socket: from the last byte, and from
//                                           the event's own time, to the frame
//   storm URL TOKENS SOCKETS                SOCKETS subscribe; prints "ready", and once their silo has gone and come back how long it took them
//   honest URL TOKENS USERS SECONDS [LEDGER]      USERS users that read and upload a little, until SIGTERM at the latest
//   crowd URL TOKENS USERS SECONDS          USERS users who poll once each within SECONDS
//   hot URL TOKENS USERS SECONDS LEDGER     USERS users with a video each, at which they look every 3 s
//   journals URL TOKENS USERS SECONDS VIDEOS CHANGES LEDGER
//                                           USERS users with VIDEOS videos and CHANGES changes of each, who read all of it again and again
//   uploads URL TOKENS USERS SECONDS BYTES LEDGER
//                                           USERS uploads at once, each repeated until it is acknowledged or SECONDS are over
//   sockets URL TOKENS USERS SECONDS SLOW RATE
//                                           USERS sockets, SLOW of them slow, and RATE broadcasts a second; TOKENS begins with an operator's
//   kept URL LEDGER                         whether all that was acknowledged is there with the bytes that were sent; 1 if not
//   relay PORT HOST:PORT BYTES MILLISECONDS a slow way to a server: BYTES a second to it, and each answer comes late; until SIGTERM
//   flood KIND URL TOKENS SECONDS           one user that repeats one thing as fast as it can; TOKENS has the user's and an operator's
// TOKENS is a file with a token a line, each of another user. LEDGER is a file to which a line is appended for each upload that was acknowledged.
using var ended = new CancellationTokenSource();
using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = args[0] is "honest" or "relay";
    ended.Cancel();
});
switch (args[0])
{
    case "latency":
        await new Latency(Url(1), await TokensAsync()).RunAsync(Number(4), Seconds(5));
        break;
    case "storm":
        using (var storm = new Storm(Url(1), await TokensAsync()))
            await storm.RunAsync();
        break;
    case "honest":
        await new Honest(Url(1), await TokensAsync(), new Ledger(args.ElementAtOrDefault(5))).RunAsync(Seconds(4), ended.Token);
        break;
    case "crowd":
        await new Crowd(Url(1), await TokensAsync()).RunAsync(Seconds(4));
        break;
    case "hot":
        await new Hot(Url(1), await TokensAsync(), new Ledger(args[5])).RunAsync(Seconds(4));
        break;
    case "journals":
        await new Journals(Url(1), await TokensAsync(), new Ledger(args[7])).RunAsync(Number(5), Number(6), Seconds(4));
        break;
    case "uploads":
        await new ManyUploads(Url(1), await TokensAsync(), new Ledger(args[6])).RunAsync(Number(5), Seconds(4));
        break;
    case "sockets":
        var all = await File.ReadAllLinesAsync(args[2]);
        using (var sockets = new Sockets(Url(1), all[1..(Number(3) + 1)], all[0]))
            await sockets.RunAsync(Number(5), Number(6), Seconds(4));
        break;
    case "kept":
        return await new Kept(Url(1), args[2]).RunAsync();
    case "relay":
        await new Relay(Number(1), args[2], Number(3), TimeSpan.FromMilliseconds(Number(4))).RunAsync(ended.Token);
        break;
    case "flood":
        var both = await File.ReadAllLinesAsync(args[3]);
        using (var flood = new Flood(Url(2), both[0], both[1]))
            await flood.RunAsync(args[1], Seconds(4));
        break;
    default:
        await Console.Error.WriteLineAsync($"no such load: {args[0]}");
        return 2;
}

return 0;

Uri Url(int i) => new(args[i]);

int Number(int i) => int.Parse(args[i], CultureInfo.InvariantCulture);

TimeSpan Seconds(int i) => TimeSpan.FromSeconds(Number(i));

async Task<string[]> TokensAsync() => (await File.ReadAllLinesAsync(args[2]))[..Number(3)];
