using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Ingestion.Tests.JobQueues.Contract;

/// <summary>The programs that a test class can't do without. Its tests are skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsProgramsAttribute(params string[] names) : Attribute
{
    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>Why the tests can't run here; null when they can.</summary>
    public static string? Missing(IEnumerable<string> names)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var missing = names.Where(name => !folders.Any(folder => File.Exists(Path.Combine(folder, name)))).ToArray();
        return missing.Length == 0 ? null : $"NOT TESTED: {string.Join(" and ", missing)} not on PATH.";
    }
}

/// <summary>A fact of a contract: whether it can run depends on the class that inherits it, so xunit's own Skip does not serve.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Ingestion.Tests.JobQueues.Contract.ContractFactDiscoverer", "Ingestion.Tests.JobQueues")]
public sealed class ContractFactAttribute : FactAttribute;

public sealed class ContractFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new ContractTestCase(messages, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}

public sealed class ContractTestCase : XunitTestCase
{
    [Obsolete("Called by the deserializer.")]
    public ContractTestCase()
    {
    }

    public ContractTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod testMethod)
        : base(messages, display, options, testMethod)
    {
    }

    protected override string GetSkipReason(IAttributeInfo factAttribute)
    {
        var needed = TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsProgramsAttribute))
            .SelectMany(attribute => attribute.GetNamedArgument<IReadOnlyList<string>>(nameof(NeedsProgramsAttribute.Names)));
        return NeedsProgramsAttribute.Missing(needed) ?? base.GetSkipReason(factAttribute);
    }
}
