namespace Orleans.Runtime;

/// <summary>The root of the runtime's exceptions.</summary>
public class OrleansException : Exception
{
    internal OrleansException(string message) : base(message) { }

    internal OrleansException(string message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>A call could not be delivered.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    internal OrleansMessageRejectionException(string message) : base(message) { }

    internal OrleansMessageRejectionException(string message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>The silo that was to answer has gone.</summary>
public sealed class SiloUnavailableException : OrleansMessageRejectionException
{
    internal SiloUnavailableException(string msg) : base(msg) { }
}

/// <summary>The configuration can't work.</summary>
public sealed class OrleansConfigurationException : Exception
{
    internal OrleansConfigurationException(string message) : base(message) { }
}

/// <summary>A reminder could not be registered, found or removed.</summary>
public sealed class ReminderException : OrleansException
{
    internal ReminderException(string message) : base(message) { }
}
