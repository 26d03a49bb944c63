using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Runtime;

/// <summary>An activation, as observers of the working set see it. It is an <see cref="IGrainContext"/> too.</summary>
public interface IActivationWorkingSetMember;

/// <summary>Hears which activations are in use.</summary>
public interface IActivationWorkingSetObserver
{
    void OnAdded(IActivationWorkingSetMember member) { }

    void OnDeactivating(IActivationWorkingSetMember member) { }

    void OnDeactivated(IActivationWorkingSetMember member) { }
}

/// <summary>Tells the observers of one silo.</summary>
internal sealed class WorkingSet(Silo silo)
{
    private IActivationWorkingSetObserver[]? _observers;

    private IActivationWorkingSetObserver[] Observers => _observers ??= [.. silo.Services.GetServices<IActivationWorkingSetObserver>()];

    public void Added(Activation member) => Tell(member, static (o, m) => o.OnAdded(m));

    public void Deactivating(Activation member) => Tell(member, static (o, m) => o.OnDeactivating(m));

    public void Deactivated(Activation member) => Tell(member, static (o, m) => o.OnDeactivated(m));

    private void Tell(Activation member, Action<IActivationWorkingSetObserver, IActivationWorkingSetMember> tell)
    {
        foreach (var observer in Observers)
            tell(observer, member);
    }
}
