namespace Ingestion.Api.Problems;

/// <summary>A feature of requests whose client can't read problem+json: the refusal is answered in another way.</summary>
internal interface IProblemAnswer
{
    /// <summary>False when this refusal has no other form, or this client can't be answered in it: it then gets the document.</summary>
    Task<bool> TryAnswerAsync(HttpContext context, Problem problem);
}
