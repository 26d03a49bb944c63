using System.Runtime.CompilerServices;
using Npgsql;
using Orleans.Storage;

namespace Ingestion.Backends.GrainStorage.Inventory;

/// <summary>The states of one service in a cluster's database. Pages follow the primary key: memory does not grow with what is stored.</summary>
public sealed class PostgresStates : IStateInventory
{
    // A state of a video is 2 KB: a page is one MB.
    private const int PageSize = 500;

    // The least string that no key of the type begins before.
    private const char BehindSlash = '0';

    private const string Page = """
        select GrainIdExtensionString, GrainTypeString, PayloadBinary from OrleansStorage
        where ServiceId = @service and GrainIdExtensionString < @end and (GrainIdExtensionString, GrainTypeString) > (@key, @name)
            and PayloadBinary is not null
        order by GrainIdExtensionString, GrainTypeString limit @size
        """;

    private const string PageOfName = """
        select GrainIdExtensionString, GrainTypeString, PayloadBinary from OrleansStorage
        where ServiceId = @service and GrainIdExtensionString > @key and GrainIdExtensionString < @end and GrainTypeString = @name
            and PayloadBinary is not null
        order by GrainIdExtensionString limit @size
        """;

    private const string Some = """
        select s.GrainIdExtensionString, s.GrainTypeString, s.PayloadBinary
        from unnest(@keys, @names) as wanted (key, name)
        join OrleansStorage s on s.GrainIdExtensionString = wanted.key and s.GrainTypeString = wanted.name and s.ServiceId = @service
        where s.PayloadBinary is not null
        """;

    private readonly NpgsqlDataSource _database;
    private readonly string _serviceId;

    /// <summary>Reads the states of <paramref name="serviceId"/> in the database of this connection string.</summary>
    public PostgresStates(string connectionString, string serviceId)
    {
        _database = NpgsqlDataSource.Create(connectionString);
        _serviceId = serviceId;
        Storage = new RowStorage(_database, serviceId);
    }

    /// <inheritdoc/>
    public IGrainStorage Storage { get; }

    /// <inheritdoc/>
    public string KeyOf(string grainType, string key) => ExactKeyStorage.KeyOf(key);

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyList<StoredState>> ListAsync(string grainType, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = await ReadAsync(grainType, StateName.First, cancellationToken);
        while (page.Last is { } last)
        {
            yield return page.States;
            page = await ReadAsync(grainType, last, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyList<StoredState>> ListAsync(
        string grainType, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = await ReadAsync(PageOfName, grainType, new StateName("", name), cancellationToken);
        while (page is [.., { Name.Key: var last }])
        {
            yield return page;
            page = await ReadAsync(PageOfName, grainType, new StateName(last, name), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<StatePage> ReadAsync(string grainType, StateName after, CancellationToken cancellationToken)
    {
        var states = await ReadAsync(Page, grainType, after, cancellationToken);
        return new StatePage(states, states is [.., { Name: var last }] ? last : null);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<StateName, StoredState>> FindAsync(
        string grainType, IReadOnlyCollection<StateName> names, CancellationToken cancellationToken)
    {
        var distinct = names.Distinct().ToArray();
        await using var command = _database.CreateCommand(Some);
        command.Parameters.AddWithValue("service", _serviceId);
        command.Parameters.AddWithValue("keys", distinct.Select(name => $"{grainType}/{name.Key}").ToArray());
        command.Parameters.AddWithValue("names", distinct.Select(name => name.Name).ToArray());
        return (await ReadAsync(command, grainType, cancellationToken)).ToDictionary(state => state.Name);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<List<StoredState>> ReadAsync(string page, string grainType, StateName after, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(page);
        command.Parameters.AddWithValue("service", _serviceId);
        command.Parameters.AddWithValue("end", grainType + BehindSlash);
        command.Parameters.AddWithValue("key", $"{grainType}/{after.Key}");
        command.Parameters.AddWithValue("name", after.Name);
        command.Parameters.AddWithValue("size", PageSize);
        return await ReadAsync(command, grainType, cancellationToken);
    }

    private static async Task<List<StoredState>> ReadAsync(NpgsqlCommand command, string grainType, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new List<StoredState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = new StateName(reader.GetString(0)[(grainType.Length + 1)..], reader.GetString(1));
            states.Add(new StoredState(name, reader.GetFieldValue<byte[]>(2)));
        }

        return states;
    }
}
