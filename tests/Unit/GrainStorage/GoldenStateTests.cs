using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ingestion.Backends.GrainStorage;
using Ingestion.Grains.Storage;
using Ingestion.Grains.Uploads;
using Ingestion.Grains.Videos;
using Ingestion.Status;

namespace Ingestion.Tests.Unit.GrainStorage;

/// <summary>Stored state is JSON by property name: a renamed property is lost data. These tests read what an older build stored.</summary>
public sealed class GoldenStateTests : IDisposable
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static readonly Type[] _holders = [typeof(IPersistentState<>), typeof(LazyState<>), typeof(CoalescedState<>), typeof(SegmentedLog<>), typeof(LogRecord<>)];

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Names => [.. GoldenStates.All.Keys];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Search_FindsTheKnownStates_SoThatTheNextTestMeansSomething()
    {
        foreach (var type in (Type[])[typeof(VideoState), typeof(QuotaState), typeof(IndexPage), typeof(LogHead), typeof(LogSegment<StatusEvent>),
            typeof(LogSegment<string>)])
            Assert.Contains(type, StoredTypes());
    }

    [Fact]
    public void EveryStoredState_HasAGoldenFile_WhenAGrainStoresIt()
    {
        var guarded = GoldenStates.All.Values.Select(state => state.GetType()).ToHashSet();
        Assert.All(StoredTypes(), type => Assert.True(guarded.Contains(type), $"{type} is stored but has no golden file: add it to {nameof(GoldenStates)}."));
    }

    [Fact]
    public void EveryMember_HasAValueInAGoldenFile_WhenItIsStored() =>
        Assert.All(GoldenStates.All.GroupBy(golden => golden.Value.GetType()), type =>
        {
            var unset = type.Select(golden => UnsetIn(golden.Value, "").ToHashSet()).Aggregate((left, right) => [.. left.Intersect(right)]);
            Assert.True(unset.Count == 0, $"No golden file of {type.Key} shows {string.Join(", ", unset)}: add one.");
        });

    [Theory]
    [MemberData(nameof(Names))]
    public async Task State_IsReadMemberByMember_WhenAnOlderBuildWroteIt(string name)
    {
        var expected = GoldenStates.All[name];
        var read = await ReadAsync(name, Golden(name, expected));
        Assert.Equal(Describe(expected), Describe(read));
        // A member that JSON does not carry would show in neither.
        Assert.Equal(UnsetIn(expected, ""), UnsetIn(read, ""));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task UnknownMembers_AreIgnored_WhenANewerBuildWroteThem(string name)
    {
        var expected = GoldenStates.All[name];
        var file = JsonNode.Parse(Golden(name, expected))!;
        AddUnknownMembers(file);
        Assert.Equal(Describe(expected), Describe(await ReadAsync(name, file.ToJsonString())));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task MissingMembers_HaveTheirDefaults_WhenAnOlderBuildDidNotKnowThem(string name)
    {
        var fresh = Activator.CreateInstance(GoldenStates.All[name].GetType())!;
        Assert.Equal(Describe(fresh), Describe(await ReadAsync(name, """{"eTag":"1","state":{}}""")));
    }

    /// <summary>The name of a grain's type is part of a file's path and of a row's key: a renamed class would find nothing.</summary>
    [Fact]
    public void GrainsThatStore_HaveTheTypeNamesThatAreStored_WhenListed()
    {
        var grains = typeof(VideoGrain).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && typeof(Grain).IsAssignableFrom(type) && SelfAndBases(type).SelectMany(TypesIn).Any(IsStorage))
            .Select(type => type.GetCustomAttribute<GrainTypeAttribute>() is null
                ? type.Name[..^"Grain".Length].ToLowerInvariant()
                : "named by an attribute: " + type.Name)
            .Order(StringComparer.Ordinal);
        Assert.Equal(["broadcastlog", "creationkey", "creationkeyindex", "denylist", "erasure", "erasureindex", "externalid", "library", "quota", "recyclelease",
            "sharedwebhooks", "status", "upload", "uploadindex", "video", "videoindex", "webhook", "webhookindex"], grains);
    }

    private static bool IsStorage(Type type) => type == typeof(Orleans.Storage.IGrainStorage)
        || (type.IsGenericType && _holders.Contains(type.GetGenericTypeDefinition()));

    private static IEnumerable<Type> SelfAndBases(Type type)
    {
        for (var each = type; each is not null && each.Assembly == type.Assembly; each = each.BaseType)
            yield return each;
    }

    private static HashSet<Type> StoredTypes() =>
    [
        .. typeof(VideoGrain).Assembly.GetTypes().SelectMany(TypesIn).SelectMany(Parts)
            .Where(type => type.IsGenericType && !type.ContainsGenericParameters && _holders.Contains(type.GetGenericTypeDefinition()))
            .Select(holder => holder.GetGenericTypeDefinition() == typeof(SegmentedLog<>)
                ? typeof(LogSegment<>).MakeGenericType(holder.GetGenericArguments())
                : holder.GetGenericArguments()[0]),
    ];

    /// <summary>Types of fields, parameters, results and locals.</summary>
    private static IEnumerable<Type> TypesIn(Type type)
    {
        var methods = type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)).ToArray();
        return type.GetFields(Everything).Select(field => field.FieldType)
            .Concat(methods.SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType)))
            .Concat(methods.OfType<MethodInfo>().Select(method => method.ReturnType))
            .Concat(methods.SelectMany(method => method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? []));
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!) : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Prepend(type) : [type];

    /// <summary>Paths of members without a value of their own.</summary>
    private static IEnumerable<string> UnsetIn(object? value, string path)
    {
        if (value is null or "" or false || (value.GetType().IsValueType && value.Equals(Activator.CreateInstance(value.GetType()))))
            return [path];
        if (value is IDictionary map)
            return map.Count == 0 ? [path] : map.Values.Cast<object?>().SelectMany(each => UnsetIn(each, path + "[]"));
        if (value is IEnumerable list and not string)
            return list.Cast<object?>().Where(each => each is not null).ToArray() is { Length: > 0 } items
                ? items.SelectMany(each => UnsetIn(each, path + "[]"))
                : [path];
        if (value.GetType().Namespace?.StartsWith("Ingestion", StringComparison.Ordinal) is not true || value is Enum)
            return [];
        return value.GetType().GetProperties().Where(member => member.SetMethod is { IsPublic: true })
            .SelectMany(member => UnsetIn(member.GetValue(value), $"{path}.{member.Name}"));
    }

    /// <summary>The file, envelope and all. What a missing one would be is written beside the tests; copy it once.</summary>
    private static string Golden(string name, object expected)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "GrainStorage", "Golden", name + ".json");
        if (File.Exists(file))
            return File.ReadAllText(file);
        var actual = $$"""{"eTag":"7","state":{{Describe(expected)}}}""";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file + ".actual", actual);
        throw new FileNotFoundException($"{file} is missing. A build of today would write {actual}");
    }

    private static string Describe(object state) => JsonSerializer.Serialize(state, StateJson.Options);

    private Task<object> ReadAsync(string name, string file) =>
        (Task<object>)GetType().GetMethod(nameof(ReadStateAsync), Everything)!.MakeGenericMethod(GoldenStates.All[name].GetType()).Invoke(this, [file])!;

    /// <summary>As file storage reads the file, and as a database gives its payload; both must be equal.</summary>
    private async Task<object> ReadStateAsync<T>(string file)
        where T : class
    {
        var path = StatePath.Of(_folder.Path, "grain", "key", "state");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, file);
        var read = new GrainState<T>();
        await new FileGrainStorage(_folder.Path).ReadStateAsync("state", GrainId.Create("grain", "key"), read);
        Assert.Equal((true, JsonNode.Parse(file)!["eTag"]!.GetValue<string>()), (read.RecordExists, read.ETag));
        var payload = new StateSerializer().Deserialize<T>(new BinaryData(JsonNode.Parse(file)!["state"]!.ToJsonString()))!;
        Assert.Equal(Describe(read.State!), Describe(payload));
        return read.State!;
    }

    private static void AddUnknownMembers(JsonNode? node, bool isMap = false)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                AddUnknownMembers(item);
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, member) in members.ToArray())
                AddUnknownMembers(member, isMap: name is "reservations" or "metadata");
            if (isMap)
                return;
            members["addedLater"] = "text";
            members["addedLaterToo"] = new JsonObject { ["deep"] = new JsonArray(1, null, true) };
        }
    }
}
