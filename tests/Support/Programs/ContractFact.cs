using Xunit.Abstractions;
using Xunit.Sdk;

namespace Ingestion.Tests.Support.Programs;

/// <summary>A fact of a contract: whether it can run depends on the class that inherits it, so xunit's own Skip does not serve.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Ingestion.Tests.Support.Programs.ContractFactDiscoverer", "Ingestion.Tests.Support")]
public sealed class ContractFactAttribute : Xunit.FactAttribute;

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
        return ProgramPath.Missing(needed) ?? base.GetSkipReason(factAttribute);
    }
}
