namespace Ingestion.Tests.Support.WebSockets;

/// <summary>A handshake, right or wrong, and what the answer must have.</summary>
/// <param name="Clause">Of the RFC that demands it.</param>
/// <param name="What">The case.</param>
/// <param name="Fields">All fields of the request but those of the server's own: Host, subprotocol and token.</param>
/// <param name="Status">Of the answer.</param>
/// <param name="Wanted">Fields that the answer must have: name in lower case, colon, blank, value.</param>
public sealed record HandshakeCase(string Clause, string What, string[] Fields, int Status, params string[] Wanted)
{
    private const string Key16 = "AQIDBAUGBwgJCgsMDQ4PEA==";
    private const string Version = "sec-websocket-version: 13";
    private const string Upgrade = "upgrade: websocket";

    /// <summary>The name of the test.</summary>
    public string Name => $"{Clause}: {What}";

    /// <summary>Without them: HTTP/1.1.</summary>
    public string Protocol { get; init; } = "HTTP/1.1";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HandshakeCase> All { get; } =
    [
        Opens("4.2.2", "the example of the RFC", WireSocket.Upgrade, "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "connection: Upgrade", "upgrade: websocket"),
        Opens("4.2.1", "fields in another order and case", ["sec-websocket-key: " + Key16, "SEC-WEBSOCKET-VERSION:13", "upgrade: WebSocket", "CONNECTION: upgrade"],
            "sec-websocket-accept: C/0nmHhBztSRGR1CwL6Tf4ZjwpY="),
        Opens("4.2.1", "Connection with more options", With("Connection", "keep-alive, Upgrade")),
        Opens("4.2.1", "Connection in two fields", [.. With("Connection", "keep-alive"), "Connection: Upgrade"]),
        Opens("4.2.1", "Upgrade with more protocols", With("Upgrade", "foo/2, websocket")),
        Opens("4.2.1", "a key with blanks around it", With("Sec-WebSocket-Key", $"  {WireSocket.Key}\t")),
        Opens("4.2.1", "fields that nobody knows", [.. WireSocket.Upgrade, "X-Anything: at all", "Origin: https://any.example"]),
        new("RFC 9110, 15.5.22", "no Upgrade", Without("Upgrade"), 426, Upgrade, Version, "connection: Upgrade"),
        new("RFC 9110, 15.5.22", "no Connection", Without("Connection"), 426, Upgrade, Version),
        new("RFC 9110, 15.5.22", "neither", [], 426, Upgrade, Version),
        new("4.2.1", "an upgrade to something else", With("Upgrade", "h2c"), 426, Upgrade, Version),
        new("4.2.1", "HTTP/1.0", WireSocket.Upgrade, 426, Upgrade, Version) { Protocol = "HTTP/1.0" },
        new("4.4", "no version", Without("Sec-WebSocket-Version"), 426, Version, Upgrade),
        new("4.4", "the version 8", With("Sec-WebSocket-Version", "8"), 426, Version, Upgrade),
        new("4.4", "the version 14", With("Sec-WebSocket-Version", "14"), 426, Version, Upgrade),
        new("4.4", "the version 013", With("Sec-WebSocket-Version", "013"), 426, Version, Upgrade),
        new("4.4", "two versions in one field", With("Sec-WebSocket-Version", "13, 8"), 426, Version, Upgrade),
        new("4.4", "two versions", [.. WireSocket.Upgrade, "Sec-WebSocket-Version: 8"], 426, Version, Upgrade),
        new("4.2.1", "no key", Without("Sec-WebSocket-Key"), 400, Version),
        new("4.2.1", "an empty key", With("Sec-WebSocket-Key", ""), 400, Version),
        new("4.2.1", "a key of 15 bytes", With("Sec-WebSocket-Key", Convert.ToBase64String(new byte[15])), 400, Version),
        new("4.2.1", "a key of 17 bytes", With("Sec-WebSocket-Key", Convert.ToBase64String(new byte[17])), 400, Version),
        new("4.2.1", "a key that is no base64", With("Sec-WebSocket-Key", "!!!!!!!!!!!!!!!!!!!!!!=="), 400, Version),
        new("4.2.1", "a key without its padding", With("Sec-WebSocket-Key", Key16.TrimEnd('=')), 400, Version),
        new("4.2.1", "a key in base64url", With("Sec-WebSocket-Key", "-_-_-_-_-_-_-_-_-_-_-w=="), 400, Version),
        new("4.2.1", "two keys", [.. WireSocket.Upgrade, $"Sec-WebSocket-Key: {WireSocket.Key}"], 400, Version),
        Opens("9.1", "extensions that nobody knows", [.. WireSocket.Upgrade, "Sec-WebSocket-Extensions: foo, bar; baz=2; x=\"y\""]),
        Opens("9.1", "empty elements in the list of extensions", [.. WireSocket.Upgrade, "Sec-WebSocket-Extensions: , foo ,, bar,"]),
        new("9.1", "extensions without a name", [.. WireSocket.Upgrade, "Sec-WebSocket-Extensions: ; foo"], 400),
        new("9.1", "an extension with a parameter without a name", [.. WireSocket.Upgrade, "Sec-WebSocket-Extensions: foo; =1"], 400),
        new("9.1", "an extension with an open quote", [.. WireSocket.Upgrade, "Sec-WebSocket-Extensions: foo; x=\"1"], 400),
        new("9.1", "an extension with a quoted value that is no token", [.. WireSocket.Upgrade, "Sec-WebSocket-Extensions: foo; x=\"1 2\""], 400),
        new("9.1", "an extension with a blank in its name", [.. WireSocket.Upgrade, "Sec-WebSocket-Extensions: foo bar"], 400),
    ];

    private static HandshakeCase Opens(string clause, string what, string[] fields, params string[] wanted) => new(clause, what, fields, 101, wanted);

    private static string[] Without(string field) => [.. WireSocket.Upgrade.Where(line => !line.StartsWith(field + ":", StringComparison.Ordinal))];

    private static string[] With(string field, string value) => [.. Without(field), $"{field}: {value}"];
}
