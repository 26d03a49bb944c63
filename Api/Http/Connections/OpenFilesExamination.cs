using Ingestion.Doctor;

namespace Ingestion.Api.Http.Connections;

/// <summary>How many clients this process could hold.</summary>
internal sealed class OpenFilesExamination(IOptions<ConnectionOptions> options) : IExamination
{
    // Fewer than this are used up by a page that is shared once.
    private const int Few = 4_096;

    public IEnumerable<Look> Looks => [Look.Of("open files", "raise the limit: ulimit -n, LimitNOFILE, ulimits of the container", Examine)];

    private Diagnosis Examine()
    {
        if (OpenFileLimit.Read() is not { } files)
            return Diagnosis.Ok("no limit");
        var limits = ConnectionRules.Of(files, options.Value.Max, options.Value.MaxLasting);
        var finding = $"{files}: {limits.Max} connections, {limits.MaxLasting} of them WebSockets and event streams";
        return files < Few || options.Value.Max > limits.Max ? Diagnosis.Warning(finding) : Diagnosis.Ok(finding);
    }
}
