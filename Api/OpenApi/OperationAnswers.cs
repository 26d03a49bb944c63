using System.Globalization;
using Microsoft.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>Answers of an operation that are no problems.</summary>
internal static class OperationAnswers
{
    public static void Apply(OpenApiOperation operation, IList<object> metadata, bool isHead)
    {
        var answers = operation.Responses!;
        foreach (var other in metadata.OfType<OtherAnswer>())
        {
            var answer = Get(answers, KeyOf(other.Status));
            answer.Description = other.Description;
            foreach (var type in other.MediaTypes)
                (answer.Content ??= new Dictionary<string, OpenApiMediaType>())[type] = new OpenApiMediaType { Schema = Text() };
        }

        if (isHead)
        {
            foreach (var answer in answers.Values.OfType<OpenApiResponse>())
                answer.Content?.Clear();
        }

        foreach (var field in metadata.OfType<AnswerField>())
        {
            foreach (var status in field.Statuses is [] ? Good(answers) : field.Statuses)
                AddField(Get(answers, KeyOf(status)), field.Name, field.Description);
        }
    }

    public static void AddField(OpenApiResponse answer, string name, string description) =>
        (answer.Headers ??= new Dictionary<string, IOpenApiHeader>())[name] = new OpenApiHeader { Description = description, Schema = Text() };

    private static int[] Good(OpenApiResponses answers) =>
        [.. answers.Keys.Select(key => int.Parse(key, CultureInfo.InvariantCulture)).Where(status => status < StatusCodes.Status400BadRequest)];

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    /// <summary>An answer that there is, or a new one; a problem of that status will describe it.</summary>
    private static OpenApiResponse Get(OpenApiResponses answers, string key)
    {
        if (answers.TryGetValue(key, out var answer))
            return (OpenApiResponse)answer;
        var created = new OpenApiResponse();
        answers[key] = created;
        return created;
    }

    private static string KeyOf(int status) => status.ToString(CultureInfo.InvariantCulture);
}
