namespace Ingestion.Silos.Recycling;

/// <summary>Why a silo restarts itself.</summary>
public enum RecycleReason : byte
{
    /// <summary>An operator requested it.</summary>
    Operator,

    /// <summary>Its memory stayed above the budget.</summary>
    Memory,

    /// <summary>It has answered as many requests as it may.</summary>
    Requests,

    /// <summary>It has run for as long as it may.</summary>
    Age,
}

/// <summary>How far a silo is.</summary>
public enum RecycleStep : byte
{
    /// <summary>The silo can't restart itself: it is of a release before 0.5.</summary>
    Unsupported,

    /// <summary>It is not about to.</summary>
    None,

    /// <summary>It waits for the lease of the cluster.</summary>
    Waiting,

    /// <summary>It drains and ends.</summary>
    UnderWay,
}

/// <summary>Reasons and steps as metrics and the API name them. These names are API: they do not follow the code's.</summary>
public static class RecycleNames
{
    /// <summary>The name of a reason.</summary>
    public static string Name(this RecycleReason reason) => reason switch
    {
        RecycleReason.Operator => "operator",
        RecycleReason.Memory => "memory",
        RecycleReason.Requests => "requests",
        _ => "age",
    };

    /// <summary>The name of a step.</summary>
    public static string Name(this RecycleStep step) => step switch
    {
        RecycleStep.Unsupported => "unsupported",
        RecycleStep.None => "none",
        RecycleStep.Waiting => "waiting",
        _ => "under_way",
    };
}
