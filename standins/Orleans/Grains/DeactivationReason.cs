namespace Orleans;

/// <summary>Why an activation ends.</summary>
public readonly struct DeactivationReason
{
    internal DeactivationReason(DeactivationReasonCode code, string text) : this(code, null, text) { }

    internal DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
    {
        ReasonCode = code;
        Exception = exception;
        Description = text;
    }

    public DeactivationReasonCode ReasonCode { get; }

    internal string Description { get; }

    internal Exception? Exception { get; }

    public override string ToString() => Exception is null ? $"{ReasonCode}: {Description}" : $"{ReasonCode}: {Description}. Exception: {Exception}";
}

public enum DeactivationReasonCode : byte
{
    None = 0,
    ShuttingDown = 1,
    ActivationIdle = 4,
    ApplicationError = 8,
    ApplicationRequested = 9,
    Migrating = 10,
}
