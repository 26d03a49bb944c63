using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Admin;

/// <summary>
/// Queries the silos of the cluster side by side, as this silo knows them. One that dies meanwhile, is frozen or cannot be reached is named as such, and takes
/// neither the answers of the others nor their time.
/// </summary>
internal sealed class EachSilo(IClusterMembershipService membership, TimeProvider time)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>What the active ones answer, and those that do not.</summary>
    /// <param name="query">Of one silo; null where its answer is left out.</param>
    public async Task<(IReadOnlyList<T> Answers, IReadOnlyList<UnansweredSiloJson> Unanswered)> QueryAsync<T>(Func<SiloAddress, Task<T?>> query)
        where T : class
    {
        var active = membership.CurrentSnapshot.Members.Values.Where(member => member.Status is SiloStatus.Active).Select(member => member.SiloAddress)
            .OrderBy(silo => silo.ToParsableString(), StringComparer.Ordinal);
        var results = await Task.WhenAll(active.Select(silo => QueryAsync(silo, query)));
        return ([.. results.Select(result => result.Answer).OfType<T>()], [.. results.Select(result => result.Unanswered).OfType<UnansweredSiloJson>()]);
    }

    /// <summary>The active silo of this address; null: there is none.</summary>
    public SiloAddress? Find(string address) =>
        membership.CurrentSnapshot.Members.Values.FirstOrDefault(
            member => member.Status is SiloStatus.Active && member.SiloAddress.ToParsableString() == address)?.SiloAddress;

    private async Task<(T? Answer, UnansweredSiloJson? Unanswered)> QueryAsync<T>(SiloAddress silo, Func<SiloAddress, Task<T?>> query)
        where T : class
    {
        try
        {
            return (await query(silo).WaitAsync(_patience, time), null);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // Its state may be another one by now: that of a silo that has just died says why it did not answer.
            var status = membership.CurrentSnapshot.GetSiloStatus(silo);
            return (null, new UnansweredSiloJson(
                silo.ToParsableString(), status.ToString(), e is TimeoutException ? UnansweredSiloJson.Timeout : UnansweredSiloJson.Unreachable));
        }
    }
}

/// <summary>A silo that did not answer.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Status">As the cluster has it.</param>
/// <param name="Error"><c>timeout</c>: nothing came within 2 s; <c>unreachable</c>: the call failed.</param>
internal sealed record UnansweredSiloJson(
    string Address, string Status, [property: AllowedValues(UnansweredSiloJson.Timeout, UnansweredSiloJson.Unreachable)] string Error)
{
    public const string Timeout = "timeout";
    public const string Unreachable = "unreachable";
}
