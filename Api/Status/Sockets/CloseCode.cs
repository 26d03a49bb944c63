namespace Ingestion.Api.Status.Sockets;

/// <summary>Close codes: the hundreds digit shows what the client should do next.</summary>
internal enum CloseCode
{
    /// <summary>Both sides are done.</summary>
    Normal = 1000,

    /// <summary>Bytes that are no WebSocket frames.</summary>
    ProtocolError = 1002,

    /// <summary>A text message, or the reason of a close, that is no UTF-8.</summary>
    NotUtf8 = 1007,

    // 40xx: never again unchanged.
    BadFrame = 4000,
    InvalidToken = 4001,
    Forbidden = 4003,
    Version = 4004,
    TooManySockets = 4005,
    Revoked = 4006,
    Disconnected = 4007,

    // 41xx: again, with back-off.
    Internal = 4100,
    Slow = 4101,
    RateLimited = 4102,
    Overloaded = 4103,
    NoPong = 4104,
    TooManyGuests = 4105,
    TooManyConnections = 4106,

    // 42xx: again at once, with resume.
    Drain = 4200,
    Rebalance = 4201,
    TokenExpired = 4202,
    PositionLost = 4203,
}
