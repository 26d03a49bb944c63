namespace Orleans
{
    /// <summary>What can be called through a reference.</summary>
    public interface IGrain : Runtime.IAddressable;

    /// <summary>What grains call back: sockets, caches. Made callable by <see cref="IGrainFactory.CreateObjectReference"/>.</summary>
    public interface IGrainObserver : Runtime.IAddressable;

    public interface IGrainWithStringKey : IGrain;

    public interface IGrainWithGuidKey : IGrain;

    public interface IGrainWithIntegerKey : IGrain;

    public interface IGrainWithGuidCompoundKey : IGrain;

    public interface IGrainWithIntegerCompoundKey : IGrain;

    /// <summary>A component of a silo with an address of its own.</summary>
    public interface ISystemTarget : Runtime.IAddressable;
}

namespace Orleans.Runtime
{
    public interface IAddressable;
}
