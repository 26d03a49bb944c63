namespace Ingestion.Uploads;

/// <summary>The store has no room for these bytes; what was acknowledged before is safe.</summary>
public sealed class ObjectStoreFullException : IOException
{
    /// <summary>With the store's message.</summary>
    public ObjectStoreFullException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>The store can't be reached, or fails for longer than it is tried; what was acknowledged before is safe.</summary>
public class ObjectStoreUnavailableException : IOException
{
    /// <summary>With the store's message.</summary>
    public ObjectStoreUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A writer was fenced: another one of the same upload has been opened, and this one's bytes go nowhere any more.</summary>
public sealed class WriterFencedException : IOException
{
    /// <summary>With the usual message.</summary>
    public WriterFencedException()
        : base("Another writer of this upload has been opened.")
    {
    }
}
