using System.Xml.Linq;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>
/// The rules that the Dockerfile keeps. No engine builds it here: what a build needs (files that are copied, projects that are restored) is compared
/// with the repository.
/// </summary>
public sealed class DockerfileTests
{
    private const string Silo = "Silo/Silo.csproj";

    private static readonly string[] _lines = Instructions();

    [Fact]
    public void Silo_IsNotRoot_AndItsProcessIsTheFirst()
    {
        Assert.Equal("USER $APP_UID", _lines.Last(line => line.StartsWith("USER ", StringComparison.Ordinal)));
        Assert.StartsWith("ENTRYPOINT [", _lines.Single(line => line.StartsWith("ENTRYPOINT", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Health_IsCheckedWithAProgramThatIsThere()
    {
        var check = _lines.Single(line => line.StartsWith("HEALTHCHECK", StringComparison.Ordinal));
        Assert.Contains("CMD [\"health\"", check, StringComparison.Ordinal);
        Assert.Contains("COPY --chmod=0555 deploy/container/health /usr/local/bin/health", _lines);
        Assert.DoesNotContain(_lines, line => line.Contains("curl", StringComparison.Ordinal) || line.Contains("wget", StringComparison.Ordinal));
    }

    [Fact]
    public void Packages_LeaveNothingBehind()
    {
        var install = _lines.Single(line => line.Contains("apt-get install", StringComparison.Ordinal));
        Assert.Contains("--no-install-recommends", install, StringComparison.Ordinal);
        Assert.Contains("rm -rf /var/lib/apt/lists/*", install, StringComparison.Ordinal);
        Assert.DoesNotContain(_lines, line => line.StartsWith("ADD ", StringComparison.Ordinal));
    }

    [Fact]
    public void Publish_CompilesAheadOfTime_AsItRestored()
    {
        Assert.All(
            _lines.Where(line => line.Contains("dotnet restore", StringComparison.Ordinal) || line.Contains("dotnet publish", StringComparison.Ordinal)),
            line => Assert.Contains("-a $TARGETARCH", line, StringComparison.Ordinal));
        Assert.Equal(2, _lines.Count(line => line.Contains("-p:PublishReadyToRun=true", StringComparison.Ordinal)));
    }

    [Fact]
    public void Project_IsRestoredAndCopied_IfTheSiloNeedsIt()
    {
        var needed = Closure(Silo).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(needed, Sources().Where(source => source.EndsWith(".csproj", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Empty(needed.Select(project => Path.GetDirectoryName(project)!).Except(Sources()));
        // What they take from elsewhere, such as the scripts of the database.
        foreach (var path in needed.SelectMany(OtherFiles))
            Assert.Contains(Sources(), source => path == source || path.StartsWith($"{source}/", StringComparison.Ordinal));
    }

    [Fact]
    public void Source_IsThereAndNotIgnored_IfItIsCopied()
    {
        var allowed = DeployFiles.Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();
        foreach (var source in Sources())
        {
            Assert.True(Path.Exists(DeployFiles.PathOf(source)), $"{source} is copied and does not exist");
            Assert.Contains(allowed, entry => source == entry || source.StartsWith($"{entry}/", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Environment_IsTheSame_InBothImages()
    {
        var project = XDocument.Load(DeployFiles.PathOf(Silo)).Descendants("ContainerEnvironmentVariable")
            .Select(variable => $"{variable.Attribute("Include")!.Value}={variable.Attribute("Value")!.Value}");
        var file = _lines.Single(line => line.StartsWith("ENV ", StringComparison.Ordinal))[4..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(file.Order(StringComparer.Ordinal), project.Order(StringComparer.Ordinal));
    }

    /// <summary>What is copied from the work tree.</summary>
    private static IEnumerable<string> Sources() =>
        _lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ').Skip(1).SkipLast(1)).Where(word => !word.StartsWith("--", StringComparison.Ordinal));

    private static HashSet<string> Closure(string project)
    {
        var found = new HashSet<string> { project };
        foreach (var reference in XDocument.Load(DeployFiles.PathOf(project)).Descendants("ProjectReference"))
        {
            var path = Path.Combine(Path.GetDirectoryName(DeployFiles.PathOf(project))!, reference.Attribute("Include")!.Value);
            found.UnionWith(Closure(Path.GetRelativePath(DeployFiles.Root, Path.GetFullPath(path))));
        }

        return found;
    }

    private static IEnumerable<string> OtherFiles(string project) =>
        from item in XDocument.Load(DeployFiles.PathOf(project)).Descendants()
        where item.Name != "ProjectReference"
        let path = item.Attribute("Include")?.Value
        where path is not null && path.StartsWith("../", StringComparison.Ordinal)
        select path["../".Length..];

    /// <summary>One a line, without comments.</summary>
    private static string[] Instructions() =>
    [
        .. DeployFiles.Read("deploy/container/Dockerfile").Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Where(line => line.Length > 0 && !line.StartsWith('#')),
    ];
}
