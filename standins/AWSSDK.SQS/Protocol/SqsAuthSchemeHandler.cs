using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;

namespace Amazon.SQS.Internal;

/// <summary>Every operation is signed with SigV4; the base class finds the credentials and the signer for it.</summary>
internal sealed class SqsAuthSchemeHandler : BaseAuthResolverHandler
{
    protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
}

/// <summary>Names the service in metrics and user agent.</summary>
internal sealed class SqsMetadata : IServiceMetadata
{
    public static readonly SqsMetadata Instance = new();

    public string ServiceId => "SQS";

    public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
}
