using Ingestion.Api.Uploads.Resumable;
using Microsoft.AspNetCore.Http;

namespace Ingestion.Tests.Unit.Uploads.Resumable;

public class ResumableProtocolTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("Tus-Resumable: 1.0.0", false)]
    [InlineData("Tus-Resumable: 9.9.9", false)]
    [InlineData("Upload-Length: 5", false)]
    [InlineData("Upload-Offset: 5", false)]
    [InlineData("Content-Type: application/offset+octet-stream", false)]
    [InlineData("Upload-Complete: ?1", true)]
    [InlineData("Upload-Draft-Interop-Version: 8", true)]
    [InlineData("Content-Type: application/partial-upload", true)]
    [InlineData("Content-Type: Application/Partial-Upload; x=1", true)]
    [InlineData("Tus-Resumable: 1.0.0|Upload-Complete: ?1", false)]
    public void Protocol_IsRecognisedByTheFields(string fields, bool isIetf)
    {
        var context = new DefaultHttpContext();
        foreach (var field in fields.Split('|', StringSplitOptions.RemoveEmptyEntries))
            context.Request.Headers[field.Split(": ")[0]] = field.Split(": ")[1];
        Assert.Equal(isIetf ? UploadProtocol.Ietf : UploadProtocol.Tus, ResumableProtocol.Of(context.Request));
    }
}
