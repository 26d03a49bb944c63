using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace Amazon.SQS.Internal;

/// <summary>Where requests go: the given URL, else the regional endpoint.</summary>
internal sealed class SqsEndpointProvider : IEndpointProvider
{
    public Endpoint ResolveEndpoint(EndpointParameters parameters) => Resolve(parameters["Endpoint"] as string, parameters["Region"] as string);

    public static Endpoint Resolve(string? url, string? region)
    {
        if (!string.IsNullOrEmpty(url))
            return new Endpoint(url);
        if (string.IsNullOrEmpty(region))
            throw new AmazonClientException("No RegionEndpoint or ServiceURL configured.");
        return new Endpoint($"https://sqs.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}");
    }
}

/// <summary>Puts the endpoint on the request; alternate regions and host prefixes are the base class's work.</summary>
internal sealed class SqsEndpointResolver : BaseEndpointResolver
{
    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext)
    {
        var config = requestContext.ClientConfig;
        if (config.UseFIPSEndpoint || config.UseDualstackEndpoint)
            throw new AmazonClientException("This stand-in knows no FIPS or dual-stack endpoints: give the endpoint as ServiceURL.");
        var parameters = new EndpointParameters();
        parameters["Endpoint"] = config.ServiceURL;
        parameters["Region"] = (requestContext.Request.AlternateEndpoint ?? config.RegionEndpoint)?.SystemName;
        return parameters;
    }
}
