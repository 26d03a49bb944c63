using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>The compose file, and the files that it mounts. No engine starts it here; Debian's docker-compose reads it.</summary>
public sealed partial class ComposeTests
{
    private const string File = "deploy/compose/compose.yaml";

    private static readonly JsonNode _file = DeployFiles.ReadYaml(File);
    private static readonly string[] _silos = [.. Services().Select(service => service.Key).Where(name => name.StartsWith("silo", StringComparison.Ordinal))];

    [ProgramFact("docker-compose")]
    public async Task File_IsValid()
    {
        var run = await ProgramRun.RunAsync("docker-compose", "-f", DeployFiles.PathOf(File), "config", "-q");
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    [Fact]
    public void NothingIsPublished_ButTheBalancer_AndThatOnThisMachine()
    {
        Assert.Equal("balancer", Assert.Single(Services(), service => service.Value!["ports"] is not null).Key);
        Assert.All(Service("balancer")["ports"]!.AsArray(), port => Assert.Matches(@"^(127\.0\.0\.1|\$\{INGESTION_LISTEN:-127\.0\.0\.1\}):", (string)port!));
    }

    [Fact]
    public void Silo_IsHeldDown_AndHasTimeToDrain()
    {
        Assert.Equal(3, _silos.Length);
        foreach (var silo in _silos.Select(Service))
        {
            Assert.True((bool)silo["read_only"]!);
            Assert.Equal("ALL", (string?)Assert.Single(silo["cap_drop"]!.AsArray()));
            Assert.Contains("no-new-privileges:true", silo["security_opt"]!.AsArray().Select(option => (string)option!));
            Assert.NotNull(silo["ulimits"]!["nofile"]);
            Assert.NotNull(silo["mem_limit"]);
            // One that has recycled itself is started again, and one that was stopped is not.
            Assert.Equal("on-failure", (string?)silo["restart"]);
            var drain = int.Parse((string)silo["environment"]!["Ingestion__Cluster__DrainSeconds"]!, CultureInfo.InvariantCulture);
            Assert.True(Seconds((string)silo["stop_grace_period"]!) >= drain + SiloEnvironment.StopSeconds);
            Assert.Equal("service_completed_successfully", (string?)silo["depends_on"]!["migrate"]!["condition"]);
        }
    }

    [Fact]
    public void SiloPort_IsReachedBySilosAlone()
    {
        Assert.True((bool)_file["networks"]!["cluster"]!["internal"]!);
        Assert.Equal(_silos, Services().Where(service => Networks(service.Value!).Contains("cluster")).Select(service => service.Key));
        foreach (var silo in _silos)
        {
            // A name that only that network has, so that the silo listens there and nowhere else.
            var advertised = (string?)Service(silo)["environment"]!["Ingestion__Cluster__AdvertisedAddress"];
            Assert.Equal($"{silo}.cluster", advertised);
            Assert.Equal(advertised, (string?)Assert.Single(Service(silo)["networks"]!["cluster"]!["aliases"]!.AsArray()));
        }
    }

    [Fact]
    public void Settings_WouldStartASilo()
    {
        foreach (var silo in _silos)
            SiloEnvironment.Accepts(Variables(silo));
        Assert.Equal(Variables("silo1")["Ingestion__Cluster__ConnectionString"], Assert.Single(Variables("migrate")).Value);
    }

    [Fact]
    public void Balancer_AndPrometheus_KnowEachSilo()
    {
        var balanced = Server().Matches(DeployFiles.Read("deploy/compose/haproxy.cfg")).Select(match => match.Groups[1].Value);
        Assert.Equal(_silos.Select(silo => $"{silo}:8080"), balanced);
        var scraped = DeployFiles.ReadYaml("deploy/compose/prometheus.yml")["scrape_configs"]!.AsArray()
            .SelectMany(job => job!["static_configs"]!.AsArray()).SelectMany(config => config!["targets"]!.AsArray()).Select(target => (string)target!);
        Assert.Equal(_silos.Select(silo => $"{silo}:8080"), scraped);
    }

    [Fact]
    public void Balancer_HasTwoFilesForEachConnection()
    {
        const int Own = 100;
        var connections = int.Parse(MaxConnections().Match(DeployFiles.Read("deploy/compose/haproxy.cfg")).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True((int)Service("balancer")["ulimits"]!["nofile"]!["hard"]! >= (2 * connections) + Own);
    }

    [Fact]
    public void TrustedProxies_AreTheNetworkOfTheBalancer() => Assert.Equal(
        (string?)_file["networks"]!["edge"]!["ipam"]!["config"]![0]!["subnet"], Variables("silo1")["Ingestion__Http__TrustedProxies"]);

    [Fact]
    public void Secret_IsAFileThatIsNotInTheRepository_AndIsMade()
    {
        var script = DeployFiles.Read("deploy/compose/make-secrets");
        foreach (var (name, secret) in _file["secrets"]!.AsObject())
        {
            Assert.Equal($"./secrets/{name}", (string?)secret!["file"]);
            Assert.Contains($"keep {name} ", script, StringComparison.Ordinal);
        }

        Assert.Contains("deploy/compose/secrets/", DeployFiles.Read(".gitignore").Split('\n'));
    }

    [Fact]
    public void Mount_IsThere()
    {
        var mounts = Services().SelectMany(service => service.Value!["volumes"]?.AsArray() ?? []).Select(volume => ((string)volume!).Split(':')[0])
            .Where(source => source.StartsWith('.')).ToArray();
        Assert.NotEmpty(mounts);
        Assert.All(mounts, source => Assert.True(Path.Exists(DeployFiles.PathOf($"deploy/compose/{source}")), source));
    }

    [ProgramFact("haproxy")]
    public async Task BalancerFile_IsValid()
    {
        var run = await ProgramRun.RunAsync("haproxy", "-c", "-f", DeployFiles.PathOf("deploy/compose/haproxy.cfg"));
        Assert.True(run.ExitCode == 0, run.ToString());
        // The names are the engine's to resolve.
        Assert.All(
            run.Error.Split('\n').Where(line => line.Contains("[WARNING]", StringComparison.Ordinal)),
            line => Assert.Contains("could not resolve address", line, StringComparison.Ordinal));
    }

    private static JsonObject Services() => _file["services"]!.AsObject();

    private static JsonNode Service(string name) => _file["services"]![name]!;

    private static IEnumerable<string> Networks(JsonNode service) =>
        service["networks"] is JsonObject named ? named.Select(network => network.Key) : service["networks"]!.AsArray().Select(name => (string)name!);

    /// <summary>With the defaults of variables that .env sets.</summary>
    private static Dictionary<string, string?> Variables(string service) => Service(service)["environment"]!.AsObject()
        .ToDictionary(variable => variable.Key, variable => (string?)Variable().Replace(variable.Value!.ToString(), "$1"));

    private static int Seconds(string duration) => int.Parse(duration.TrimEnd('s'), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\$\{[A-Z_]+:-([^}]*)\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^  maxconn (\d+)$", RegexOptions.Multiline)]
    private static partial Regex MaxConnections();

    [GeneratedRegex(@"^  server silo\d (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Server();
}
