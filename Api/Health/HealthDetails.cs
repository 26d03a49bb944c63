using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ingestion.Api.Health;

/// <summary>
/// The checks as JSON. Of a check only its description is shown, which the check words itself: messages of exceptions name hosts, accounts
/// and connection strings, and this address needs no token.
/// </summary>
internal static class HealthDetails
{
    /// <summary>Key of a check's data: the <see cref="TimeSpan"/> since its last probe.</summary>
    public const string Age = "age";

    public static string Write(HealthReport report) => JsonSerializer.Serialize(
        new HealthBody(Name(report.Status), [.. report.Entries.Select(entry => Check(entry.Key, entry.Value))]), HealthJson.Default.HealthBody);

    private static HealthCheckBody Check(string name, HealthReportEntry entry) => new(
        name,
        Name(entry.Status),
        // The framework describes a check that threw with the message of its exception.
        entry.Exception is { } thrown && entry.Description == thrown.Message ? "failed" : entry.Description,
        Math.Round(entry.Duration.TotalMilliseconds, 3),
        entry.Data.TryGetValue(Age, out var age) && age is TimeSpan since ? Math.Round(since.TotalSeconds, 1) : 0);

    private static string Name(HealthStatus status) =>
        status switch { HealthStatus.Healthy => "healthy", HealthStatus.Degraded => "degraded", _ => "unhealthy" };
}

/// <summary>What /health/details answers.</summary>
/// <param name="Status">The worst of the checks: <c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="Checks">In the order of their registration.</param>
internal sealed record HealthBody(string Status, IReadOnlyList<HealthCheckBody> Checks);

/// <summary>One check.</summary>
/// <param name="Name">Its name; stable.</param>
/// <param name="Status">As of the whole.</param>
/// <param name="Description">A word or sentence that says why.</param>
/// <param name="DurationMs">How long the check took.</param>
/// <param name="AgeSeconds">How old the answer is; 0 when it was made for this request.</param>
internal sealed record HealthCheckBody(string Name, string Status, string? Description, double DurationMs, double AgeSeconds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthBody))]
internal sealed partial class HealthJson : JsonSerializerContext;
