using Ingestion.Doctor;
using Ingestion.Silo.Tls;

namespace Ingestion.Silo.Doctor;

/// <summary>The certificate by which silos know each other.</summary>
internal sealed class TlsExamination(TlsSettings settings, TimeProvider time) : IExamination
{
    private static readonly TimeSpan _soon = TimeSpan.FromDays(21);

    public IEnumerable<Look> Looks => [Look.Of("certificate", "docs/operate/tls.md says how to make and renew it", Examine)];

    private Diagnosis Examine()
    {
        if (SiloCertificates.Read(settings, time) is not { } certificates)
            return Diagnosis.Ok("none: silos talk in the clear, at a private address");
        var end = certificates.Own.NotAfter.ToUniversalTime();
        var left = end - time.GetUtcNow().UtcDateTime;
        return left < _soon ? Diagnosis.Warning($"it ends at {end:u}, in {left.TotalDays:0.#} days") : Diagnosis.Ok($"good until {end:u}");
    }
}
