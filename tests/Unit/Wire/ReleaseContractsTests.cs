using System.Reflection;
using System.Runtime.CompilerServices;
using Ingestion.Silos;
using Ingestion.Status;
using Ingestion.Uploads;
using Orleans.CodeGeneration;
using static Ingestion.Tests.Unit.Wire.WireTypes;

namespace Ingestion.Tests.Unit.Wire;

/// <summary>
/// The release before runs beside this one while a cluster is upgraded, and put back. Its contracts are a copy of <c>contracts.txt</c> as it was tagged:
/// the next release replaces it.
/// </summary>
public class ReleaseContractsTests
{
    private const string Before = "Wire/Golden/contracts-0.4.0.txt";

    // What is not versioned although it has got methods: a call of a new version would end the activation, and with it something that is only there.
    private static readonly Dictionary<Type, string> _unversioned = new()
    {
        [typeof(IUploadGrain)] = "a request that writes would be interrupted; PendingUploads knows that a silo may not know the method",
        [typeof(ISiloAgent)] = "a service of its silo does not move; a silo without the method says so in its sample, and is not called",
        [typeof(ITicketGrain)] = "a ticket is in memory only",
        [typeof(IUploadWriter)] = "observers don't move; their calls are one-way",
    };

    private static readonly Dictionary<string, string[]> _before = Read();

    [Fact]
    public void EveryMethod_IsStillThereAndTakesTheSameArguments_WhenTheReleaseBeforeCalls()
    {
        foreach (var (type, methods) in Known())
        {
            foreach (var (alias, signature) in methods)
            {
                var method = MethodsOf(type).SingleOrDefault(method => AliasOf(method) == alias);
                Assert.True(method is not null, $"{type}: silos of the release before call {alias}.");
                // An argument that was added is null, or its default, in their calls.
                Assert.StartsWith(signature[..^1], $"{NameOf(method.ReturnType)} {method.Name}({ParametersOf(method)})", StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void EveryInterface_HasANewVersion_WhenItHasMethodsThatTheReleaseBeforeDoesNotKnow()
    {
        foreach (var (type, methods) in Known())
        {
            var isSame = MethodsOf(type).All(method =>
                methods.TryGetValue(AliasOf(method)!, out var signature) && signature.EndsWith($"({ParametersOf(method)})", StringComparison.Ordinal));
            var version = type.GetCustomAttribute<VersionAttribute>()?.Version ?? 0;
            Assert.True(isSame || version > 0 || _unversioned.ContainsKey(type), $"{type} has changed: give it [Version(1)].");
        }
    }

    [Fact]
    public void EveryMember_IsFine_WhenTheReleaseBeforeDoesNotSendIt()
    {
        var nullability = new NullabilityInfoContext();
        foreach (var type in Records.Where(type => !type.IsEnum && AliasOf(type) is { } alias && _before.ContainsKey(alias)))
        {
            var known = _before[AliasOf(type)!].Select(line => line.Trim().Split(' ')[0]).ToHashSet();
            // As the serialiser makes it: no initialiser has run.
            var received = RuntimeHelpers.GetUninitializedObject(type);
            foreach (var member in MembersOf(type).Where(member => !known.Contains($"{IdOf(member)}") && !member.PropertyType.IsValueType))
            {
                Assert.True(nullability.Create(member).ReadState is NullabilityState.Nullable || member.GetValue(received) is not null,
                    $"{type}.{member.Name} is null when it comes from the release before.");
            }
        }
    }

    private static IEnumerable<(Type Type, Dictionary<string, string> Methods)> Known() => Interfaces.Where(type => _before.ContainsKey(AliasOf(type)!))
        .Select(type => (type, _before[AliasOf(type)!].Select(line => line.Trim().Split(" = ", 2)).ToDictionary(parts => parts[0], parts => parts[1])));

    private static Dictionary<string, string[]> Read()
    {
        var (found, name) = (new Dictionary<string, string[]>(), "");
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, Before)))
        {
            if (line.StartsWith(' '))
                found[name] = [.. found[name], line];
            else
                found[name = line.Split(" = ")[0]] = [];
        }

        return found;
    }

    private static string ParametersOf(MethodInfo method) =>
        string.Join(", ", method.GetParameters().Select(parameter => NameOf(parameter.ParameterType)));

    private static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>()?.Alias;

    private static uint? IdOf(PropertyInfo member) => member.GetCustomAttribute<IdAttribute>()?.Id;
}
