using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Orleans.Storage;

namespace Ingestion.Backends.GrainStorage.Inventory;

/// <summary>Single states in the rows that silos write, by the functions of <c>deploy/sql</c>, for a process that is no silo.</summary>
internal sealed class RowStorage(NpgsqlDataSource database, string serviceId) : IGrainStorage
{
    private const string Read = """
        select PayloadBinary, Version from OrleansStorage
        where GrainIdExtensionString = @key and GrainTypeString = @name and ServiceId = @service and GrainIdN0 = 0 and GrainIdN1 = 0
        """;

    // The hashes are of no use to the function.
    private const string Write = "select WriteToStorage(0, 0, 0, 0, @name, @key, @service, @version, @payload)";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await using var command = Command(Read, stateName, grainId);
        await using var reader = await command.ExecuteReaderAsync();
        var found = await reader.ReadAsync();
        grainState.ETag = found ? reader.GetInt32(1).ToString(CultureInfo.InvariantCulture) : null;
        grainState.RecordExists = found && !await reader.IsDBNullAsync(0);
        grainState.State = grainState.RecordExists
            ? new StateSerializer().Deserialize<T>(new BinaryData(reader.GetFieldValue<byte[]>(0)))
            : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await using var command = Command(Write, stateName, grainId);
        command.Parameters.AddWithValue("version", NpgsqlDbType.Integer,
            grainState.ETag is { } tag ? int.Parse(tag, NumberStyles.None, CultureInfo.InvariantCulture) : DBNull.Value);
        command.Parameters.AddWithValue("payload", new StateSerializer().Serialize(grainState.State).ToArray());
        if (await command.ExecuteScalarAsync() is not int version)
            throw new InconsistentStateException($"The state {stateName} of {grainId} was changed by another activation.", "", grainState.ETag ?? "");
        (grainState.ETag, grainState.RecordExists) = (version.ToString(CultureInfo.InvariantCulture), true);
    }

    /// <summary>Nothing that checks or repairs removes a state.</summary>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    private NpgsqlCommand Command(string sql, string stateName, GrainId grainId)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue("key", ExactKeyStorage.RowOf(grainId).Key.ToString()!);
        command.Parameters.AddWithValue("name", stateName);
        command.Parameters.AddWithValue("service", serviceId);
        return command;
    }
}
