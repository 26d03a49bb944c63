namespace Orleans.Runtime;

/// <summary>Which silos there are. All silos read the same table, so that they never disagree.</summary>
internal sealed class MembershipTable
{
    private readonly Lock _gate = new();
    private Version _current = new(new([]));

    public ClusterMembershipSnapshot Snapshot => Volatile.Read(ref _current).Snapshot;

    /// <summary>The active silos, in the order of their addresses.</summary>
    public SiloAddress[] Active => Volatile.Read(ref _current).Active;

    public void Update(ClusterMember member)
    {
        Version previous;
        lock (_gate)
        {
            previous = _current;
            if (previous.Snapshot.GetSiloStatus(member.SiloAddress) == member.Status)
                return;

            var members = previous.Snapshot.Members.SetItem(member.SiloAddress, member);
            Volatile.Write(ref _current, new(new(members)));
        }

        previous.Next.SetResult();
    }

    public async IAsyncEnumerable<ClusterMembershipSnapshot> Updates([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var version = Volatile.Read(ref _current);
            yield return version.Snapshot;
            await version.Next.Task.WaitAsync(cancellationToken);
        }
    }

    private sealed class Version(ClusterMembershipSnapshot snapshot)
    {
        public ClusterMembershipSnapshot Snapshot { get; } = snapshot;

        public SiloAddress[] Active { get; } = [.. snapshot.Members.Values.Where(m => m.Status == SiloStatus.Active).Select(m => m.SiloAddress).Order()];

        /// <summary>Completes when there is a newer version.</summary>
        public TaskCompletionSource Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
