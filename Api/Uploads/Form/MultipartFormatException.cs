namespace Ingestion.Api.Uploads.Form;

/// <summary>A multipart body that is not what its boundary promises.</summary>
internal sealed class MultipartFormatException(string message) : Exception(message);
