using System.Text.Json;
using Json.Schema;

namespace Ingestion.Tests.Unit.Deploy.Helm;

/// <summary>helm checks values with this schema before it renders.</summary>
public sealed class ValuesSchemaTests
{
    private static readonly JsonSchema _schema = JsonSchema.FromText(DeployFiles.Read("deploy/helm/ingestion/values.schema.json"));

    [Fact]
    public void Values_OfTheChart_AreAccepted() => Assert.True(Accepts(_ => { }));

    [Theory]
    [InlineData("cluster", "siloPort", "8080")]
    [InlineData("cluster", "siloPort", "\"11111\"")]
    [InlineData("cluster", "drainSeconds", "0")]
    [InlineData("cluster", "drainsSeconds", "15")]
    [InlineData("cluster", "kubernetes", "true")]
    [InlineData("cluster", "kubernetes", "{\"enabled\": \"no\"}")]
    [InlineData("image", "tag", "\"latest\"")]
    [InlineData("api", "replicas", "0")]
    [InlineData("http", "publicUrl", "\"videos.example.org\"")]
    [InlineData("dashboards", "enabled", "\"yes\"")]
    [InlineData("dashboards", "labels", "{\"grafana_dashboard\": 1}")]
    [InlineData("dashboards", "folder", "\"Ingestion\"")]
    [InlineData("rules", "kind", "\"Secret\"")]
    [InlineData("rules", "job", "\"a\\\"b\"")]
    [InlineData("settings", "Ingestion:Roles", "\"api\"")]
    public void Value_IsRefused_WhenItIsUnknownOrOutOfRange(string section, string name, string value) =>
        Assert.False(Accepts(values => values[section]![name] = System.Text.Json.Nodes.JsonNode.Parse(value)));

    private static bool Accepts(Action<System.Text.Json.Nodes.JsonNode> change)
    {
        var values = DeployFiles.ReadYaml("deploy/helm/ingestion/values.yaml");
        change(values);
        return _schema.Evaluate(values.Deserialize<JsonElement>()).IsValid;
    }
}
