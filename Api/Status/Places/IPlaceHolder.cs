using Ingestion.Status;

namespace Ingestion.Api.Status.Places;

/// <summary>A socket or an event stream: it has a place among its user's for as long as it is open.</summary>
internal interface IPlaceHolder
{
    /// <summary>Its id, as in <see cref="SocketHealth.Id"/>.</summary>
    string Id { get; }

    /// <summary>Whether the user's grain has given it its place. Before, it may still be refused.</summary>
    bool IsAdmitted { get; }

    /// <summary>What the grain has to know.</summary>
    HeldPlace Describe();

    /// <summary>The newest place of the journal that it has seen; null while it does not listen, or is about to.</summary>
    Cursor? Seen { get; }

    /// <summary>It is to ask the grain whether that knows it, after about so long.</summary>
    void RenewIn(TimeSpan delay);

    /// <summary>It has missed something.</summary>
    void CatchUp();
}
