using System.Globalization;
using System.Text.Json.Nodes;

namespace Ingestion.Dashboards.Grafana;

/// <summary>A panel as Grafana reads it.</summary>
internal static class PanelJson
{
    private const string Red = "red";

    public static JsonObject Write(Panel panel)
    {
        var (type, custom, options) = panel switch
        {
            Graph graph => ("timeseries", Lines(graph), GraphOptions()),
            Number => ("stat", new JsonObject(), NumberOptions()),
            States => ("state-timeline", new JsonObject { ["fillOpacity"] = 80, ["lineWidth"] = 0 }, StatesOptions()),
            Table => ("table", new JsonObject(), new JsonObject { ["showHeader"] = true, ["cellHeight"] = "sm" }),
            _ => throw new ArgumentException($"No panel of Grafana for {panel.GetType().Name}.", nameof(panel)),
        };
        var json = new JsonObject
        {
            ["type"] = type,
            ["title"] = panel.Title,
            ["description"] = panel.Help,
            ["datasource"] = Variables.Source(),
            ["fieldConfig"] = new JsonObject { ["defaults"] = Defaults(panel, custom), ["overrides"] = new JsonArray() },
            ["options"] = options,
            ["targets"] = new JsonArray([.. panel.Queries.Select((query, index) => Target(query, index, panel is Table))]),
        };
        if (panel is Table table)
            json["transformations"] = Columns(table);
        return json;
    }

    private static JsonObject Target(Query query, int index, bool now) => new()
    {
        ["refId"] = ((char)('A' + index)).ToString(),
        ["datasource"] = Variables.Source(),
        ["editorMode"] = "code",
        ["expr"] = query.Text,
        ["legendFormat"] = query.Legend,
        ["instant"] = now,
        ["range"] = !now,
        ["format"] = now ? "table" : "time_series",
    };

    private static JsonObject Defaults(Panel panel, JsonObject custom)
    {
        var defaults = new JsonObject { ["unit"] = panel.Unit, ["color"] = new JsonObject { ["mode"] = Colours(panel) }, ["custom"] = custom };
        if (panel is Graph { Signed: false })
            defaults["min"] = 0;
        if (panel is States states)
            defaults["mappings"] = Meanings(states.Names);
        defaults["thresholds"] = new JsonObject { ["mode"] = "absolute", ["steps"] = Steps(panel) };
        return defaults;
    }

    private static string Colours(Panel panel) => panel is Graph ? "palette-classic" : "thresholds";

    private static JsonArray Steps(Panel panel)
    {
        var steps = new JsonArray(Step("green", null));
        if (panel.Warning is { } warning)
            steps.Add(Step("yellow", warning));
        if (panel.Limit is { } limit)
            steps.Add(Step(Red, limit));
        return steps;

        static JsonNode Step(string colour, double? from) => new JsonObject { ["color"] = colour, ["value"] = from };
    }

    private static JsonArray Meanings(IReadOnlyList<State> names)
    {
        var values = new JsonObject();
        foreach (var (value, state) in names.Index())
        {
            values[value.ToString(CultureInfo.InvariantCulture)] = new JsonObject { ["index"] = value, ["text"] = state.Name, ["color"] = state.Colour };
        }

        return new JsonArray(new JsonObject { ["type"] = "value", ["options"] = values });
    }

    private static JsonObject Lines(Graph graph) => new()
    {
        ["drawStyle"] = "line",
        ["lineWidth"] = 1,
        ["fillOpacity"] = graph.Stacked ? 30 : 5,
        ["showPoints"] = "never",
        // A gap of a scrape or two is none; a longer one is a silo that was away.
        ["spanNulls"] = 60_000,
        ["stacking"] = new JsonObject { ["mode"] = graph.Stacked ? "normal" : "none", ["group"] = "A" },
        ["thresholdsStyle"] = new JsonObject { ["mode"] = graph.Limit is null ? "off" : "dashed" },
    };

    private static JsonObject GraphOptions() => new()
    {
        ["legend"] = new JsonObject
        {
            ["displayMode"] = "table",
            ["placement"] = "bottom",
            ["showLegend"] = true,
            ["calcs"] = new JsonArray("lastNotNull", "max"),
        },
        ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" },
    };

    private static JsonObject NumberOptions() => new()
    {
        ["reduceOptions"] = new JsonObject { ["calcs"] = new JsonArray("lastNotNull"), ["fields"] = "", ["values"] = false },
        ["colorMode"] = "background",
        ["graphMode"] = "area",
        ["textMode"] = "value",
    };

    private static JsonObject StatesOptions() => new()
    {
        ["mergeValues"] = true,
        ["showValue"] = "auto",
        ["legend"] = new JsonObject { ["displayMode"] = "list", ["placement"] = "bottom", ["showLegend"] = false },
    };

    private static JsonArray Columns(Table table)
    {
        var order = new JsonObject();
        foreach (var (index, column) in table.Columns.Index())
            order[column] = index;
        var names = new JsonArray([.. table.Columns.Select(name => JsonValue.Create(name))]);
        return new JsonArray(
            new JsonObject
            {
                ["id"] = "filterFieldsByName",
                ["options"] = new JsonObject { ["include"] = new JsonObject { ["names"] = names } },
            },
            new JsonObject { ["id"] = "organize", ["options"] = new JsonObject { ["indexByName"] = order } });
    }
}
