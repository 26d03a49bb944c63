using Xunit;

namespace Ingestion.Tests.Support.WebSockets;

/// <summary>
/// Offers of permessage-deflate (RFC 7692, section 7.1), and the answer of a server that keeps no context and uses the largest window; null: it declines.
/// An offer whose parameters are unknown, doubled or out of range is declined, and the next one is looked at.
/// </summary>
public static class DeflateOffers
{
    /// <summary>The answer to most offers.</summary>
    public const string Agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    /// <summary>Of one field each.</summary>
    public static TheoryData<string, string?> All => new()
    {
        { "permessage-deflate", Agreed },
        { "PerMessage-Deflate", Agreed },
        { "  permessage-deflate  ", Agreed },
        { "permessage-deflate; client_max_window_bits", Agreed },
        { "permessage-deflate;client_max_window_bits=8", Agreed },
        { "permessage-deflate; client_max_window_bits=15", Agreed },
        { "permessage-deflate; client_max_window_bits=\"10\"", Agreed },
        { "permessage-deflate; client_max_window_bits=\"1\\0\"", Agreed },
        { "permessage-deflate ; client_max_window_bits = 10", Agreed },
        { "permessage-deflate; server_no_context_takeover", Agreed },
        { "permessage-deflate; client_no_context_takeover", Agreed },
        { "permessage-deflate; client_no_context_takeover; server_no_context_takeover; client_max_window_bits", Agreed },
        { "permessage-deflate; server_max_window_bits=15", Agreed + "; server_max_window_bits=15" },
        { "permessage-deflate; server_max_window_bits=\"15\"; client_max_window_bits", Agreed + "; server_max_window_bits=15" },
        { "permessage-deflate; server_max_window_bits=10, permessage-deflate", Agreed },
        { "permessage-deflate; what, foo, permessage-deflate", Agreed },
        { "x-webkit-deflate-frame, permessage-deflate", Agreed },
        { "permessage-deflate; server_max_window_bits=10", null },
        { "permessage-deflate; server_max_window_bits=8", null },
        { "permessage-deflate; server_max_window_bits", null },
        { "permessage-deflate; server_max_window_bits=7", null },
        { "permessage-deflate; server_max_window_bits=16", null },
        { "permessage-deflate; server_max_window_bits=015", null },
        { "permessage-deflate; client_max_window_bits=7", null },
        { "permessage-deflate; client_max_window_bits=16", null },
        { "permessage-deflate; client_max_window_bits=08", null },
        { "permessage-deflate; client_max_window_bits=+9", null },
        { "permessage-deflate; client_max_window_bits=1.5", null },
        { "permessage-deflate; client_max_window_bits; client_max_window_bits", null },
        { "permessage-deflate; client_max_window_bits=10; client_max_window_bits=11", null },
        { "permessage-deflate; server_no_context_takeover; server_no_context_takeover", null },
        { "permessage-deflate; server_no_context_takeover=true", null },
        { "permessage-deflate; client_no_context_takeover=\"1\"", null },
        { "permessage-deflate; what", null },
        { "permessage-deflate; Server_No_Context_Takeover; what", null },
        { "permessage-deflate; client_max_window_bits=\"\\1\\2\"", Agreed },
        { "permessage-deflate; what=1, permessage-deflate; server_max_window_bits=9, permessage-deflate; server_max_window_bits=15",
            Agreed + "; server_max_window_bits=15" },
        { "permessage-deflate; client_max_window_bits, permessage-deflate; server_max_window_bits=15", Agreed },
        { "permessage-deflate-2", null },
        { "x-webkit-deflate-frame", null },
    };
}
