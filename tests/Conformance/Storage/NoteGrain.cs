using Ingestion.Tests.Conformance.Infrastructure;

namespace Ingestion.Tests.Conformance.Storage;

[GenerateSerializer, Immutable, Alias("conformance.note")]
public sealed record Note([property: Id(0)] string Text, [property: Id(1)] int Revision)
{
    public Note() : this("", 0)
    {
    }
}

[GenerateSerializer, Immutable, Alias("conformance.stored-note")]
public sealed record StoredNote([property: Id(0)] Note Note, [property: Id(1)] bool Exists, [property: Id(2)] string? ETag);

public interface INoteGrain : IGrainWithStringKey
{
    Task<StoredNote> GetAsync();

    /// <summary>What OnActivateAsync found in the state.</summary>
    Task<StoredNote> FoundOnActivationAsync();

    Task<StoredNote> WriteAsync(string text);

    /// <summary>Changes the state in memory only.</summary>
    Task ScribbleAsync(string text);

    Task<StoredNote> ReadAsync();

    Task<StoredNote> ClearAsync();

    Task LeaveAsync();
}

internal abstract class NoteGrainBase(IPersistentState<Note> state) : Grain
{
    private StoredNote? _found;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _found = Stored();
        return Task.CompletedTask;
    }

    public Task<StoredNote> GetAsync() => Task.FromResult(Stored());

    public Task<StoredNote> FoundOnActivationAsync() => Task.FromResult(_found!);

    public async Task<StoredNote> WriteAsync(string text)
    {
        state.State = new Note(text, state.State.Revision + 1);
        await state.WriteStateAsync();
        return Stored();
    }

    public Task ScribbleAsync(string text)
    {
        state.State = state.State with { Text = text };
        return Task.CompletedTask;
    }

    public async Task<StoredNote> ReadAsync()
    {
        await state.ReadStateAsync();
        return Stored();
    }

    public async Task<StoredNote> ClearAsync()
    {
        await state.ClearStateAsync();
        return Stored();
    }

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private StoredNote Stored() => new(state.State, state.RecordExists, state.Etag);
}

public interface IMemoryNoteGrain : INoteGrain;

/// <summary>In the default storage.</summary>
internal sealed class MemoryNoteGrain([PersistentState("note")] IPersistentState<Note> state) : NoteGrainBase(state), IMemoryNoteGrain;

public interface IDurableNoteGrain : INoteGrain;

/// <summary>In the storage that is registered by name.</summary>
internal sealed class DurableNoteGrain([PersistentState("durable-note", ProbedCluster.DurableStorage)] IPersistentState<Note> state)
    : NoteGrainBase(state), IDurableNoteGrain;
