using Ingestion.Doctor;

namespace Ingestion.Api.Auth;

/// <summary>The keys that sign tokens, shares and addresses.</summary>
internal sealed class TokenKeyExamination(IOptions<TokenOptions> options) : IExamination
{
    public IEnumerable<Look> Looks => [Look.Of("token key", "docs/use/tokens.md says how to make one", Examine)];

    private Diagnosis Examine()
    {
        SigningKey.Load(options.Value, mayCreate: false);
        var second = SigningKey.LoadSecond(options.Value) is null ? "" : ", and a second one is taken too";
        string[] exposed = [.. SigningKey.ExposedFiles(options.Value)];
        return exposed is []
            ? Diagnosis.Ok($"there is one{second}")
            : Diagnosis.Warning($"others than the owner can read or change {string.Join(" and ", exposed)}: chmod 600");
    }
}
