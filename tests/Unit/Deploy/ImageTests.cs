using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>Images are pinned, and ours has the number of the release everywhere.</summary>
public sealed partial class ImageTests
{
    private const string Dockerfile = "deploy/container/Dockerfile";

    [Fact]
    public void Image_IsPinnedToAWholeVersion_InTheComposeFile()
    {
        var images = DeployFiles.ReadYaml("deploy/compose/compose.yaml")["services"]!.AsObject().Select(service => (string)service.Value!["image"]!).ToArray();
        Assert.NotEmpty(images);
        Assert.All(images.Where(image => !image.StartsWith("ingestion:", StringComparison.Ordinal)), image => Assert.Matches(Pinned(), image));
    }

    [Fact]
    public void BaseImage_IsPinnedToTheBuild_InTheDockerfileAndTheProject()
    {
        var runtime = Argument("DOTNET_RUNTIME");
        Assert.Matches(@"^10\.0\.\d+-[a-z]+$", runtime);
        Assert.Matches(@"^10\.0\.\d+-[a-z]+$", Argument("DOTNET_SDK"));
        Assert.All(
            DeployFiles.Read(Dockerfile).Split('\n').Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)),
            line => Assert.Matches(@"(:\$\{DOTNET_(SDK|RUNTIME)\}|^FROM base) AS ", line));
        Assert.Equal($"mcr.microsoft.com/dotnet/aspnet:{runtime}", Property("Silo/Silo.csproj", "ContainerBaseImage"));
    }

    [Fact]
    public void Version_IsThatOfTheRelease_Everywhere()
    {
        var version = Property("Directory.Build.props", "VersionPrefix");
        var chart = DeployFiles.ReadYaml("deploy/helm/ingestion/Chart.yaml");
        Assert.Equal(version, (string?)chart["version"]);
        Assert.Equal(version, (string?)chart["appVersion"]);
        string[] others = ["deploy/compose/compose.yaml", "deploy/compose/.env.example", Dockerfile, "deploy/README.md"];
        foreach (var file in others)
        {
            var named = OwnImage().Matches(DeployFiles.Read(file)).Select(match => match.Groups[1].Value).Distinct();
            Assert.True(named.SequenceEqual([version]), $"{file} names {string.Join(", ", named)}, and the release is {version}");
        }
    }

    private static string Argument(string name) =>
        DeployFiles.Read(Dockerfile).Split('\n').Single(line => line.StartsWith($"ARG {name}=", StringComparison.Ordinal)).Split('=')[1];

    private static string Property(string project, string name) => XDocument.Load(DeployFiles.PathOf(project)).Descendants(name).Single().Value;

    [GeneratedRegex(@"^[a-z/]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"(?:ingestion:|INGESTION_VERSION:-|INGESTION_VERSION=)(\d+\.\d+\.\d+)")]
    private static partial Regex OwnImage();
}
