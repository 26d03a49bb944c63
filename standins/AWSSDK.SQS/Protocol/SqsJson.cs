using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;

namespace Amazon.SQS.Internal;

/// <summary>How the model's properties look on the wire: as they are named, absent when null.</summary>
internal static class SqsJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Bodies go to a JSON API, never into a page: escaping for HTML would only make them longer.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { KeepOwnProperties } },
    };

    /// <summary>What the base classes of the SDK carry (metadata, status, length) is not part of the message.</summary>
    private static void KeepOwnProperties(JsonTypeInfo type)
    {
        if (!type.Type.IsAssignableTo(typeof(AmazonWebServiceRequest)) && !type.Type.IsAssignableTo(typeof(AmazonWebServiceResponse)))
            return;
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].AttributeProvider is System.Reflection.PropertyInfo property && property.DeclaringType != type.Type)
                type.Properties.RemoveAt(i);
        }
    }
}
