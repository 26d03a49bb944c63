using System.Reflection;
using System.Text;
using Ingestion.Silos;
using Ingestion.Status;
using Ingestion.Videos;
using static Ingestion.Tests.Unit.Wire.WireTypes;

namespace Ingestion.Tests.Unit.Wire;

/// <summary>
/// Contracts between silos of different versions. In one process arguments pass by reference, so nothing else would notice a type that
/// can't cross or can be changed behind its sender's back.
/// </summary>
public class WireTypesTests
{
    [Fact]
    public void Search_FindsTheKnownTypes_SoThatTheOtherTestsMeanSomething()
    {
        foreach (var type in (Type[])[typeof(IVideoGrain), typeof(IStatusObserver), typeof(IMemoryGovernor)])
            Assert.Contains(type, Interfaces);
        foreach (var type in (Type[])[typeof(VideoRecord), typeof(MediaInfo), typeof(Cursor), typeof(JournalEntry), typeof(StatusEvent), typeof(VideoStatus),
            typeof(NewVideo)])
            Assert.Contains(type, Records);
    }

    [Fact]
    public void EveryInterface_HasAnAliasOfItsOwn_WhenListed()
    {
        Assert.All(Interfaces, type => Assert.StartsWith("ingestion.", AliasOf(type), StringComparison.Ordinal));
        Assert.Equal(Interfaces.Count, Interfaces.Select(AliasOf).Distinct().Count());
    }

    [Fact]
    public void EveryMethod_HasAnAliasOfItsOwnAndEndsInAsync_WhenListed()
    {
        foreach (var type in Interfaces)
        {
            Assert.All(MethodsOf(type), method => Assert.NotNull(AliasOf(method)));
            Assert.All(MethodsOf(type), method => Assert.EndsWith("Async", method.Name, StringComparison.Ordinal));
            Assert.Equal(MethodsOf(type).Count(), MethodsOf(type).Select(AliasOf).Distinct().Count());
        }
    }

    [Fact]
    public void EveryRecord_IsImmutableSerialisableAndNamed_WhenItCrosses()
    {
        var records = Records.Where(type => !type.IsEnum).ToArray();
        foreach (var type in records)
        {
            Assert.True(type.GetCustomAttribute<GenerateSerializerAttribute>() is not null, $"{type} lacks [GenerateSerializer].");
            Assert.True(type.GetCustomAttribute<ImmutableAttribute>() is not null, $"{type} lacks [Immutable].");
            Assert.True(AliasOf(type)?.StartsWith("ingestion.", StringComparison.Ordinal) is true, $"{type} lacks an [Alias] that starts with ingestion.");
        }

        Assert.Equal(records.Length, records.Select(AliasOf).Distinct().Count());
    }

    [Fact]
    public void EveryMember_HasAnIdOfItsOwnAndCannotBeSetLater_WhenItCrosses()
    {
        foreach (var type in Records.Where(type => !type.IsEnum))
        {
            Assert.True(MembersOf(type).All(member => IdOf(member) is not null), $"A member of {type} lacks its [Id].");
            Assert.True(MembersOf(type).Select(IdOf).Distinct().Count() == MembersOf(type).Count(), $"Two members of {type} have the same [Id].");
            // A field that no property stands for would be lost or need an [Id] too.
            Assert.All(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic),
                field => Assert.EndsWith("k__BackingField", field.Name, StringComparison.Ordinal));
            if (!type.IsValueType)
                Assert.All(MembersOf(type), member => Assert.True(IsInitOnly(member), $"{type}.{member.Name} can be set after it was sent."));
        }
    }

    [Fact]
    public void EveryCollection_IsReadOnly_WhenItCrosses() =>
        Assert.All(
            Records.SelectMany(MembersOf).Select(member => member.PropertyType)
            .Where(type => type != typeof(string) && typeof(System.Collections.IEnumerable).IsAssignableFrom(type)),
            type => Assert.StartsWith("IReadOnly", type.Name, StringComparison.Ordinal));

    [Fact]
    public void Contracts_AreAsOlderSilosKnowThem_WhenListed() => Golden.Verify("Wire/Golden/contracts.txt", Describe());

    private static string Describe()
    {
        var text = new StringBuilder();
        foreach (var type in Interfaces)
        {
            text.Append(AliasOf(type)).Append(" = interface ").AppendLine(NameOf(type));
            foreach (var method in MethodsOf(type))
            {
                var parameters = string.Join(", ", method.GetParameters().Select(parameter => NameOf(parameter.ParameterType)));
                text.AppendLine($"  {AliasOf(method)} = {NameOf(method.ReturnType)} {method.Name}({parameters})");
            }
        }

        foreach (var type in Records)
        {
            text.AppendLine($"{(type.IsEnum ? "" : AliasOf(type) + " = ")}{(type.IsEnum ? "enum" : "record")} {NameOf(type)}");
            if (type.IsEnum)
                text.AppendLine("  " + string.Join(", ", Enum.GetNames(type)
                    .Select(name => $"{Convert.ToInt64(Enum.Parse(type, name), System.Globalization.CultureInfo.InvariantCulture)} {name}")));
            foreach (var member in MembersOf(type).OrderBy(IdOf))
                text.AppendLine($"  {IdOf(member)} = {NameOf(member.PropertyType)} {member.Name}");
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>()?.Alias;

    private static uint? IdOf(PropertyInfo member) => member.GetCustomAttribute<IdAttribute>()?.Id;

    private static bool IsInitOnly(PropertyInfo member) =>
        member.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));
}
