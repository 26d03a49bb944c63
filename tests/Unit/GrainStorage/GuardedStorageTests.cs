using System.Data.Common;
using Ingestion.Backends.GrainStorage;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;

namespace Ingestion.Tests.Unit.GrainStorage;

/// <summary>What becomes of the faults of a storage.</summary>
public class GuardedStorageTests
{
    public static TheoryData<Exception> Trouble => [new Refused("57P03: the database system is shutting down"), new TimeoutException("No answer."),
        new IOException("Input/output error")];

    public static TheoryData<Exception> OwnMeaning =>
    [
        new InconsistentStateException("Changed by another activation."), new ObjectStoreFullException("No room."), new InvalidDataException("Damaged."),
            new OperationCanceledException(),
    ];

    [Theory]
    [MemberData(nameof(Trouble))]
    public async Task Trouble_IsUnavailable_InEveryCall(Exception trouble)
    {
        foreach (var call in CallsOf(trouble))
        {
            var thrown = await Assert.ThrowsAsync<StateUnavailableException>(call);
            Assert.Contains(trouble.Message, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(OwnMeaning))]
    public async Task OtherFaults_StayWhatTheyAre_InEveryCall(Exception fault)
    {
        foreach (var call in CallsOf(fault))
            Assert.Same(fault, await Assert.ThrowsAnyAsync<Exception>(call));
    }

    [Fact]
    public void Exception_KeepsTypeAndMessage_WhenItCrossesToAnotherSilo()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var sent = new StateUnavailableException("The database does not answer.");
        var received = Assert.IsType<StateUnavailableException>(serializer.Deserialize<Exception>(serializer.SerializeToArray<Exception>(sent)));
        Assert.Equal(sent.Message, received.Message);
    }

    private static IEnumerable<Func<Task>> CallsOf(Exception fault)
    {
        var storage = new GuardedStorage(new Failing(fault));
        var (id, state) = (GrainId.Create("note", "ann"), new GrainState<Note>());
        return [() => storage.ReadStateAsync("note", id, state), () => storage.WriteStateAsync("note", id, state),
            () => storage.ClearStateAsync("note", id, state)];
    }

    private sealed class Refused(string message) : DbException(message);

    private sealed class Failing(Exception fault) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.FromException(fault);

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.FromException(fault);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.FromException(fault);
    }
}
