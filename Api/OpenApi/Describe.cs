using Ingestion.Api.Problems;

namespace Ingestion.Api.OpenApi;

/// <summary>Describes an endpoint in the API document, as far as its handler's return type does not. Requests are not affected.</summary>
internal static class Describe
{
    /// <summary>The name of the operation in generated clients, and one line about it. Of two methods on one endpoint HEAD gets a name of its own.</summary>
    public static T Operation<T>(this T endpoint, string name, string summary)
        where T : IEndpointConventionBuilder => endpoint.WithName(name).WithSummary(summary);

    /// <summary>The endpoint's own problems. For problems of every request see <see cref="CommonProblems"/>.</summary>
    public static T Refuses<T>(this T endpoint, params Problem[] problems)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Refusals(problems));

    /// <summary>An answer that its return type does not show.</summary>
    public static T Answers<T>(this T endpoint, int status, string description, params string[] mediaTypes)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new OtherAnswer(status, description, mediaTypes));

    /// <summary>An answer with JSON that its return type does not show.</summary>
    public static T AnswersJson<T>(this T endpoint, int status, Type type)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, type, ["application/json"]));

    /// <summary>Fields of its answers that a client needs.</summary>
    public static T WithAnswerFields<T>(this T endpoint, params AnswerField[] fields)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(fields);

    /// <summary>Fields, query parameters and parts of the path that it reads.</summary>
    public static T WithParameters<T>(this T endpoint, params Parameter[] parameters)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(parameters);

    /// <summary>A body of JSON. <c>Accepts</c> of the framework would route by its media type, and answer without a problem.</summary>
    public static T TakesJson<T>(this T endpoint, Type type, bool isRequired = true)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new JsonContent(type, isRequired))
        .Refuses(Problem.JsonExpected, Problem.JsonInvalid, Problem.JsonMemberUnknown, Problem.JsonMemberRepeated, Problem.BodyTooLarge);

    /// <summary>A body of bytes.</summary>
    public static T TakesBytes<T>(this T endpoint, string description, params string[] mediaTypes)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new ByteContent(description, mediaTypes));
}

/// <summary>Problems of one endpoint.</summary>
internal sealed record Refusals(IReadOnlyList<Problem> Problems);

/// <summary>An answer without JSON.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Description">One sentence.</param>
/// <param name="MediaTypes">Of its body; none where it has none.</param>
internal sealed record OtherAnswer(int Status, string Description, IReadOnlyList<string> MediaTypes);

/// <summary>A field of answers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Statuses">Statuses that can have it; none: all below 400.</param>
internal sealed record AnswerField(string Name, string Description, params int[] Statuses);

/// <summary>A body of JSON.</summary>
internal sealed record JsonContent(Type Type, bool IsRequired);

/// <summary>A body of bytes.</summary>
/// <param name="Description">One sentence.</param>
/// <param name="MediaTypes">The types that are taken.</param>
internal sealed record ByteContent(string Description, IReadOnlyList<string> MediaTypes)
{
    /// <summary>The field of a form that holds the bytes; null where they are the body.</summary>
    public string? FormField { get; init; }
}

/// <summary>A parameter of requests. What the framework found of it by itself is replaced.</summary>
/// <param name="In"><c>path</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">One sentence.</param>
internal sealed record Parameter(string In, string Name, string Description)
{
    /// <summary>Of JSON Schema.</summary>
    public string Type { get; init; } = "string";

    public string? Pattern { get; init; }

    public long? Minimum { get; init; }

    public long? Maximum { get; init; }

    public long? Default { get; init; }

    public bool IsRequired { get; init; }

    public static Parameter Query(string name, string description) => new("query", name, description);

    public static Parameter Number(string name, string description, long minimum, long maximum, long preset) =>
        new("query", name, description) { Type = "integer", Minimum = minimum, Maximum = maximum, Default = preset };

    public static Parameter Field(string name, string description, bool isRequired = false) => new("header", name, description) { IsRequired = isRequired };
}
