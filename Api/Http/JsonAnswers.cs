using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Admin;
using Ingestion.Api.Dashboard;
using Ingestion.Api.Problems;
using Ingestion.Api.Status.Events;
using Ingestion.Api.Uploads.Direct;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Api.Uploads.Listing;
using Ingestion.Api.Videos;
using Ingestion.Api.Videos.Links;
using Ingestion.Api.Webhooks;

namespace Ingestion.Api.Http;

/// <summary>How answers are written as JSON: one way for all of them, which the API document shows too.</summary>
internal static class JsonAnswers
{
    public static IServiceCollection AddJsonAnswers(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));

    private static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectRequiredConstructorParameters = true;
        // No HTML ever holds an answer: names of files and ampersands of addresses stay readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new WireTimeConverter());
        options.TypeInfoResolverChain.Insert(0, VideoJsonContext.Default);
        options.TypeInfoResolverChain.Insert(0, VideoChangeContext.Default);
        options.TypeInfoResolverChain.Insert(0, ProblemTypeContext.Default);
        options.TypeInfoResolverChain.Insert(0, WebhookJsonContext.Default);
        options.TypeInfoResolverChain.Insert(0, DirectJsonContext.Default);
        options.TypeInfoResolverChain.Insert(0, UsageJsonContext.Default);
        options.TypeInfoResolverChain.Insert(0, UploadListJsonContext.Default);
        options.TypeInfoResolverChain.Insert(0, EventJsonContext.Default);
        options.TypeInfoResolverChain.Insert(0, AdminJson.Default);
        options.TypeInfoResolverChain.Insert(0, StatusAdminJson.Default);
        options.TypeInfoResolverChain.Insert(0, ConfigAdminJson.Default);
        options.TypeInfoResolverChain.Insert(0, SocketAdminJson.Default);
        options.TypeInfoResolverChain.Insert(0, DashboardJson.Default);
        options.TypeInfoResolverChain.Insert(0, DenialJsonContext.Default);
        options.TypeInfoResolverChain.Insert(0, JobJsonContext.Default);
        options.TypeInfoResolverChain.Insert(0, UserAdminJson.Default);
        options.TypeInfoResolverChain.Insert(0, ShareJsonContext.Default);
        options.TypeInfoResolverChain.Insert(0, MediaLinksJsonContext.Default);
    }
}
