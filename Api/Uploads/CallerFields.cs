using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Problems;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads;

/// <summary>
/// Gathers what is to travel with the video, one field of a request at a time: the field <c>external_id</c>, and everything else as metadata. The rules are
/// the same on every way in.
/// </summary>
internal sealed class CallerFields
{
    /// <summary>The name of the field, and of the JSON member, with the caller's own id.</summary>
    public const string ExternalId = "external_id";

    /// <summary>The name of the form field, and of the JSON member, with an object of texts.</summary>
    public const string Metadata = "metadata";

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private string? _externalId;
    private Problem? _fault;

    /// <summary>Whether there was any field since the last <see cref="Read"/>.</summary>
    public bool HasNew { get; private set; }

    /// <summary>One field of a name that the client chose.</summary>
    public void Add(string name, ReadOnlySpan<byte> utf8)
    {
        if (name == ExternalId)
            AddExternalId(TextOf(utf8));
        else
            AddMetadata(name, TextOf(utf8));
    }

    /// <summary>The form field <c>metadata</c>: a JSON object of texts.</summary>
    public void AddJson(ReadOnlySpan<byte> utf8)
    {
        HasNew = true;
        try
        {
            foreach (var (name, value) in JsonSerializer.Deserialize(utf8, CallerJson.Default.DictionaryStringString) ?? throw new JsonException())
                AddMetadata(name, value);
        }
        catch (JsonException e)
        {
            _fault ??= Problem.MetadataInvalid with { Detail = $"The field metadata is no JSON object of texts: {e.Path}" };
        }
    }

    /// <summary>What was gathered, or why it is refused.</summary>
    public (CallerData? Data, Problem? Problem) Read()
    {
        HasNew = false;
        // A copy: more may come, and what was read is in the hands of a grain.
        return _fault is null ? Check(_externalId, new Dictionary<string, string>(_metadata, StringComparer.Ordinal)) : (null, _fault);
    }

    /// <summary>The members of a JSON body, or why they are refused.</summary>
    public static (CallerData? Data, Problem? Problem) Check(string? externalId, IReadOnlyDictionary<string, string>? metadata)
    {
        if (externalId is not null && !CallerData.IsExternalId(externalId))
            return (null, Problem.ExternalIdInvalid);
        if (metadata is not null && CallerData.FaultOf(metadata) is { } fault)
            return (null, Problem.MetadataInvalid with { Detail = fault });
        return (CallerData.Of(externalId, metadata), null);
    }

    /// <summary>The problem of a JSON body whose member at <paramref name="where"/> has another shape: these members have codes of their own.</summary>
    public static Problem OfJson(Problem invalid, string? where)
    {
        if (invalid != Problem.JsonInvalid || where is null)
            return invalid;
        if (where.StartsWith("$." + Metadata, StringComparison.Ordinal))
            return Problem.MetadataInvalid;
        return where.StartsWith("$." + ExternalId, StringComparison.Ordinal) ? Problem.ExternalIdInvalid : invalid;
    }

    // A form sends its empty inputs too: an empty id is none.
    private void AddExternalId(string? value)
    {
        HasNew = true;
        if (value is null || _externalId is not null)
            _fault ??= Problem.ExternalIdInvalid;
        else if (value.Length > 0)
            _externalId = value;
    }

    private void AddMetadata(string name, string? value)
    {
        HasNew = true;
        if (value is null)
            _fault ??= Problem.MetadataInvalid with { Detail = "A value is no text in UTF-8." };
        else if (!_metadata.TryAdd(name, value))
            _fault ??= Problem.MetadataInvalid with { Detail = "A key is there twice." };
        // At once: what is gathered stays small whatever comes.
        else if (CallerData.FaultOf(_metadata) is { } fault)
            _fault ??= Problem.MetadataInvalid with { Detail = fault };
        if (_fault is not null)
            _metadata.Clear();
    }

    private static string? TextOf(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return _utf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class CallerJson : JsonSerializerContext;
