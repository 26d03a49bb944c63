using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ingestion.Dashboards.Grafana;

/// <summary>A dashboard as Grafana 12 reads it from a file.</summary>
internal static class GrafanaJson
{
    // Of Grafana 12; older ones ignore what they do not know.
    private const int SchemaVersion = 41;

    private static readonly JsonSerializerOptions _readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        // Queries are full of quotation marks, and no page shows this text as HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(Board board) => new JsonObject
    {
        ["uid"] = $"ingestion-{board.Name}",
        ["title"] = $"Ingestion: {board.Title}",
        ["description"] = board.Help,
        ["tags"] = new JsonArray("ingestion"),
        ["schemaVersion"] = SchemaVersion,
        ["editable"] = false,
        ["graphTooltip"] = 1,
        ["refresh"] = "30s",
        ["time"] = new JsonObject { ["from"] = "now-1h", ["to"] = "now" },
        ["timezone"] = "browser",
        ["links"] = new JsonArray(OtherBoards()),
        ["templating"] = new JsonObject { ["list"] = Variables.Write() },
        ["annotations"] = new JsonObject { ["list"] = new JsonArray() },
        ["panels"] = Panels(board),
    }.ToJsonString(_readable) + "\n";

    private static JsonObject OtherBoards() => new()
    {
        ["type"] = "dashboards",
        ["title"] = "Ingestion",
        ["tags"] = new JsonArray("ingestion"),
        ["asDropdown"] = false,
        ["includeVars"] = true,
        ["keepTime"] = true,
    };

    private static JsonArray Panels(Board board)
    {
        var panels = new JsonArray();
        var y = 0;
        foreach (var row in board.Rows)
        {
            panels.Add(Placed(new JsonObject { ["type"] = "row", ["title"] = row.Title, ["collapsed"] = false, ["panels"] = new JsonArray() }, 0, y++, 24, 1));
            var width = 24 / row.Panels.Count;
            foreach (var (index, panel) in row.Panels.Index())
                panels.Add(Placed(PanelJson.Write(panel), index * width, y, width, row.Height));
            y += row.Height;
        }

        return panels;

        JsonNode Placed(JsonObject panel, int x, int top, int width, int height)
        {
            panel.Insert(0, "id", panels.Count + 1);
            panel["gridPos"] = new JsonObject { ["x"] = x, ["y"] = top, ["w"] = width, ["h"] = height };
            return panel;
        }
    }
}
