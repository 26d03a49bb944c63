namespace Ingestion.Doctor;

/// <summary>
/// Something that a silo needs, looked at from the command line in the way in which the silo will use it. Registered beside what it looks at. What is stored
/// stays as it is.
/// </summary>
public interface IExamination
{
    /// <summary>What is looked at, in order. The first one that is wrong ends them: the others would only fail in its wake.</summary>
    IEnumerable<Look> Looks { get; }
}

/// <summary>One look.</summary>
/// <param name="Subject">What is looked at, in one to three words.</param>
/// <param name="Advice">What to do when it is not well.</param>
/// <param name="LookAsync">Looks. An exception means that it is wrong, and its message says why: it names no secret.</param>
public sealed record Look(string Subject, string Advice, Func<CancellationToken, Task<Diagnosis>> LookAsync)
{
    /// <summary>A look that takes no time.</summary>
    public static Look Of(string subject, string advice, Func<Diagnosis> look) => new(subject, advice, _ => Task.FromResult(look()));
}

/// <summary>What a look found.</summary>
/// <param name="Verdict">How it is.</param>
/// <param name="Finding">In words, with figures.</param>
public readonly record struct Diagnosis(Verdict Verdict, string Finding)
{
    /// <summary>It is well.</summary>
    public static Diagnosis Ok(string finding) => new(Verdict.Ok, finding);

    /// <summary>A silo runs with it, and not as well as it could.</summary>
    public static Diagnosis Warning(string finding) => new(Verdict.Warning, finding);

    /// <summary>A silo does not start with it, or does not do its work.</summary>
    public static Diagnosis Wrong(string finding) => new(Verdict.Wrong, finding);
}

/// <summary>How something is.</summary>
public enum Verdict : byte
{
    /// <summary>Well.</summary>
    Ok = 0,

    /// <summary>Worth a look.</summary>
    Warning = 1,

    /// <summary>To be put right.</summary>
    Wrong = 2,
}
