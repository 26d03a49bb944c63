using System.Reflection;
using System.Text.RegularExpressions;
using Ingestion.Grains;
using Ingestion.Grains.Silos.Shedding;

namespace Ingestion.Tests.Unit.Silos.Shedding;

public partial class ReclaimableTests
{
    private static readonly Assembly _grains = typeof(GrainRegistration).Assembly;

    public static TheoryData<Type> Classes { get; } =
        [.. _grains.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(Grain)))];

    [Theory, MemberData(nameof(Classes))]
    public void EveryGrainClass_DeclaresWhatAnActivationIsWorth(Type grain)
    {
        var declared = ActivationType.DeclaredBy(grain);
        Assert.NotNull(declared);
        Assert.InRange(declared.Bytes, 1800, 100_000);
        Assert.InRange(declared.Reads, 0, 10);
    }

    /// <summary>Orleans does not show it to what sheds: an activation that wants to stay would be shed.</summary>
    [Fact]
    public void ClassThatDelaysItsDeactivation_IsPinnedOrNeverDeactivated()
    {
        string[] delaying = [.. SourcesThatDelay()];
        Assert.NotEmpty(delaying);
        Assert.All(delaying, name =>
        {
            var grain = Assert.Single(_grains.GetTypes(), type => type.Name == name);
            Assert.True(grain.IsAssignableTo(typeof(IPinned)) || ActivationType.DeclaredBy(grain)!.Never, name);
        });
    }

    private static IEnumerable<string> SourcesThatDelay() =>
        from file in Directory.EnumerateFiles(Path.Combine(Root(), "Grains"), "*Grain*.cs", SearchOption.AllDirectories)
        where DelayPattern().IsMatch(File.ReadAllText(file))
        select Path.GetFileName(file).Split('.')[0];

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ingestion.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new FileNotFoundException("The tests don't run inside the repository.");
        return folder;
    }

    // A timer that keeps its activation does so while it ticks; only one that waits long needs more.
    [GeneratedRegex(@"^\s[^/]*\bDelayDeactivation\(", RegexOptions.Multiline)]
    private static partial Regex DelayPattern();
}
