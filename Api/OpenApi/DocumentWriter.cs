using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>
/// Makes the document with the framework's generator, in a container of its own that goes with it: registered in the silo's, the generator would
/// cost each silo 2.7 MiB of assemblies from its start on, whether a client requests the document or not.
/// </summary>
internal static class DocumentWriter
{
    public static async Task<byte[]> WriteAsync(IServiceProvider silo, IServiceCollection registered, CancellationToken cancellationToken)
    {
        await using var services = Services(silo, registered).BuildServiceProvider();
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocument.Name).GetOpenApiDocumentAsync(cancellationToken);
        using var text = new StringWriter();
        document.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>
    /// With all that the silo registers, as which parameters of a handler are services is decided by it. None of that is made a second time: what
    /// the generator uses is the silo's own.
    /// </summary>
    private static ServiceCollection Services(IServiceProvider silo, IServiceCollection registered)
    {
        var services = new ServiceCollection();
        foreach (var service in registered)
            ((ICollection<ServiceDescriptor>)services).Add(service);
        services.AddSingleton(silo.GetRequiredService<EndpointDataSource>());
        services.AddSingleton(silo.GetRequiredService<ILoggerFactory>());
        services.AddSingleton(silo.GetRequiredService<IServer>());
        services.AddSingleton<IApiDescriptionProvider, JsonContents>();
        return (ServiceCollection)services.AddOpenApi(ApiDocument.Name, document =>
        {
            document.CreateSchemaReferenceId = SchemaNames.Of;
            document.AddSchemaTransformer<WireSchemas>();
            document.AddOperationTransformer<Operations>();
            document.AddDocumentTransformer<WholeDocument>();
        });
    }
}
