using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ingestion.Silo.Hosting;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>One port for clients and one between silos, the same in every file.</summary>
public sealed class PortTests
{
    private const int Http = 8080;

    private static readonly int _silo = new ClusterSettings { Kind = ClusterSettings.Postgres }.WantedPort;

    [Fact]
    public void Ports_Agree_InImageAndChart()
    {
        Assert.Equal(_silo, (int)DeployFiles.ReadYaml("deploy/helm/ingestion/values.yaml")["cluster"]!["siloPort"]!);
        Assert.Contains($"EXPOSE {Http} {_silo}\n", DeployFiles.Read("deploy/container/Dockerfile"), StringComparison.Ordinal);
        Assert.Contains($"ASPNETCORE_URLS=http://+:{Http} ", DeployFiles.Read("deploy/container/Dockerfile"), StringComparison.Ordinal);
        var project = XDocument.Load(DeployFiles.PathOf("Silo/Silo.csproj"));
        Assert.Equal($"{Http};{_silo}", project.Descendants("ContainerPort").Single().Attribute("Include")!.Value);
    }

    [Theory]
    [InlineData("deploy/container/health", @"port=\$\{2:-(\d+)\}")]
    [InlineData("deploy/compose/compose.yaml", @"INGESTION_LISTEN:-127\.0\.0\.1\}:(\d+):\d+")]
    [InlineData("deploy/compose/haproxy.cfg", @"frontend clients\n  bind :(\d+)")]
    [InlineData("deploy/helm/ingestion/templates/_silos.tpl", @"name: http, containerPort: (\d+)")]
    [InlineData("deploy/helm/ingestion/templates/networkpolicy.yaml", @"port: (\d+)")]
    public void PortOfClients_IsTheSame(string file, string place) =>
        Assert.Equal(Http, int.Parse(Regex.Match(DeployFiles.Read(file), place).Groups[1].Value, CultureInfo.InvariantCulture));
}
