using System.Globalization;
using System.Text.Json;

namespace Ingestion.Tests.Support;

/// <summary>A frame of the server.</summary>
public sealed record Frame(JsonElement Json)
{
    public string Op => Text("op")!;

    public string? Cursor => Text("cur");

    public string? Previous => Text("prev");

    public string? Channel => Text("ch");

    public string? EventId => Text("id");

    public string? Code => Text("code");

    /// <summary>An event of the journal; progress has no cursor.</summary>
    public bool IsJournalled => Op == "evt" && Cursor is not null;

    public string? VideoId => Event.GetProperty("video_id").GetString();

    public string? State => Event.GetProperty("state").GetString();

    /// <summary>Its place in the journal.</summary>
    public long Offset => long.Parse(Cursor!.Split(':')[1], CultureInfo.InvariantCulture);

    private JsonElement Event => Json.GetProperty("data").GetProperty("data");

    public string? Text(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    public long Number(string name) => Json.GetProperty(name).GetInt64();

    public override string ToString() => Json.GetRawText();
}
