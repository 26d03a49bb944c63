namespace Ingestion.Tests.EndToEnd.Infrastructure.OpenApi;

/// <summary>A path of the document, with its parameters in braces.</summary>
internal sealed class PathTemplate(string template, JsonElement operations)
{
    private readonly string[] _segments = template.Trim('/').Split('/');

    /// <summary>How many segments are parameters: of two templates that match, routing takes the one with fewer.</summary>
    public int Parameters => _segments.Count(IsParameter);

    public bool Matches(string path)
    {
        var segments = path.Trim('/').Split('/');
        return segments.Length == _segments.Length
            && _segments.Zip(segments).All(pair => Matches(pair.First, pair.Second));
    }

    private static bool Matches(string segment, string text) =>
        IsParameter(segment) ? text.Length > 0 : segment.Equals(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>The operation of a method; null when there is none.</summary>
    public JsonElement? Find(string method) => operations.TryGetProperty(method.ToLowerInvariant(), out var operation) ? operation : null;

    private static bool IsParameter(string segment) => segment.StartsWith('{');
}
