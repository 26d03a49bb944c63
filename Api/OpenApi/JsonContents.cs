using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Ingestion.Api.OpenApi;

/// <summary>Shows the bodies that handlers read themselves, so that the document has their schemas by name.</summary>
internal sealed class JsonContents : IApiDescriptionProvider
{
    // After the framework's own provider, which has negative orders.
    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        foreach (var description in context.Results)
        {
            if (description.ActionDescriptor.EndpointMetadata.OfType<JsonContent>().LastOrDefault() is not { } content)
                continue;
            var body = new ApiParameterDescription { Name = "body", Source = BindingSource.Body, Type = content.Type, IsRequired = content.IsRequired };
            description.ParameterDescriptions.Add(body);
            description.SupportedRequestFormats.Add(new ApiRequestFormat { MediaType = "application/json" });
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
    }
}
