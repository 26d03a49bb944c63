namespace Ingestion.Api.RateLimits;

/// <summary>What callers can repeat.</summary>
internal enum RateKind
{
    /// <summary>A new upload, whatever the protocol.</summary>
    Creation,

    /// <summary>A request that is refused for its token, scope, ticket or signature.</summary>
    Refusal,

    /// <summary>An id that does not exist, or is another user's.</summary>
    UnknownId,

    /// <summary>An append that brings little and completes nothing.</summary>
    SmallAppend,

    /// <summary>Something new is made or changed that is no upload.</summary>
    Change,

    /// <summary>A broadcast.</summary>
    Broadcast,

    /// <summary>A WebSocket, an event stream or a poll begins.</summary>
    Connect,

    /// <summary>A signed part address is used.</summary>
    PartWrite,
}

/// <summary>The rates of one kind.</summary>
internal sealed class RatePolicy
{
    public RatePolicy(string name, RateTable? user, RateTable? address, string? userName = null)
    {
        (Name, User, Address) = (name, user, address);
        (UserName, AddressName) = (userName ?? $"{name}-user", $"{name}-address");
        Field = string.Join(", ", new[] { Describe(UserName, user), Describe(AddressName, address) }.OfType<string>());
    }

    /// <summary>For metrics.</summary>
    public string Name { get; }

    /// <summary>Of each user; null: no limit.</summary>
    public RateTable? User { get; }

    /// <summary>Of each address; null: no limit.</summary>
    public RateTable? Address { get; }

    /// <summary>The name of the user's rate in fields.</summary>
    public string UserName { get; }

    /// <summary>The name of the address's rate in fields.</summary>
    public string AddressName { get; }

    /// <summary><c>RateLimit-Policy</c>: for each rate how many may come in how many seconds.</summary>
    public string Field { get; }

    /// <param name="name">Of the kind.</param>
    /// <param name="perUser">A second; 0: no limit.</param>
    /// <param name="perAddress">A second; 0: no limit.</param>
    /// <param name="window">Seconds whose share may come at once after a pause.</param>
    /// <param name="time">The clock.</param>
    public static RatePolicy Of(string name, double perUser, double perAddress, int window, TimeProvider time) =>
        new(name, Table(perUser, Burst(perUser, window), time), Table(perAddress, Burst(perAddress, window), time));

    /// <summary>Null where there is no rate.</summary>
    public static RateTable? Table(double perSecond, int burst, TimeProvider time) => perSecond > 0 ? new RateTable(perSecond, burst, time) : null;

    private static int Burst(double perSecond, int window) => (int)Math.Clamp(Math.Ceiling(perSecond * window), 1, int.MaxValue);

    private static string? Describe(string name, RateTable? table) => table is null ? null : $"\"{name}\";q={table.Burst};w={table.Window}";
}
