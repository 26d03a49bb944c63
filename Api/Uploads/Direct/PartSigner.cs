using System.Globalization;
using Ingestion.Api.Auth;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>What a signed address allows: one part of one upload, of exactly this size, until then.</summary>
/// <param name="UploadId">The upload.</param>
/// <param name="Number">The part.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Expires">Unix seconds.</param>
internal readonly record struct PartGrant(string UploadId, int Number, long Length, long Expires);

/// <summary>Signs addresses that take a part without a token.</summary>
internal sealed class PartSigner(TokenKeys tokenKeys)
{
    private readonly AddressSigner _signer = new(tokenKeys, "ingestion direct part v1");

    public string Sign(PartGrant grant) => _signer.Sign(TextOf(grant));

    public bool Verify(PartGrant grant, string signature) => _signer.Verify(TextOf(grant), signature);

    private static string TextOf(PartGrant grant) =>
        string.Create(CultureInfo.InvariantCulture, $"{grant.UploadId}\n{grant.Number}\n{grant.Length}\n{grant.Expires}");
}
