namespace Ingestion.Api.Status.Framing;

/// <summary>
/// Which offers of permessage-deflate can be taken (RFC 7692, section 7.1), and the answer. Neither side keeps a context, and both may use the largest window:
/// an offer that wants a smaller one of the server is declined.
/// </summary>
internal static class DeflateOffer
{
    private const string Name = "permessage-deflate";
    private const string Answer = Name + "; server_no_context_takeover; client_no_context_takeover";
    private const string ServerWindow = "server_max_window_bits";
    private const string ClientWindow = "client_max_window_bits";
    private const int LargestWindow = 15;

    /// <summary><c>Sec-WebSocket-Extensions</c> of the answer: the first offer that can be taken; null: none can.</summary>
    public static string? AnswerTo(IEnumerable<ExtensionOffer> offers)
    {
        if (offers.FirstOrDefault(IsTakable) is not { } offer)
            return null;
        // Section 7.1.2.1: such an offer is accepted by naming the window in the answer, too.
        return offer.Parameters.Any(parameter => parameter.Name is ServerWindow) ? $"{Answer}; {ServerWindow}={LargestWindow}" : Answer;
    }

    private static bool IsTakable(ExtensionOffer offer) => offer.Name.Equals(Name, StringComparison.OrdinalIgnoreCase)
        && offer.Parameters.All(IsTakable)
        && offer.Parameters.DistinctBy(parameter => parameter.Name).Count() == offer.Parameters.Count;

    private static bool IsTakable((string Name, string? Value) parameter) => parameter switch
    {
        ("server_no_context_takeover" or "client_no_context_takeover", var value) => value is null,
        (ServerWindow, var value) => BitsOf(value) is LargestWindow,
        // A hint of what the client can do. It is free to use less than the largest.
        (ClientWindow, var value) => value is null || BitsOf(value) is not null,
        _ => false,
    };

    /// <summary>8 to 15 without leading zeros; null: anything else.</summary>
    private static int? BitsOf(string? value) => value switch
    {
        "8" => 8,
        "9" => 9,
        ['1', var ones and >= '0' and <= '5'] => 10 + (ones - '0'),
        _ => null,
    };
}
