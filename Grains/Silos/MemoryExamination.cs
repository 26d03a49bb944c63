using Ingestion.Doctor;
using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Sensing;

namespace Ingestion.Grains.Silos;

/// <summary>What a silo would find as its memory budget here.</summary>
/// <param name="options">Of the governor.</param>
/// <param name="runsTools">Whether it would have the role <c>worker</c>.</param>
public sealed class MemoryExamination(MemoryOptions options, bool runsTools) : IExamination
{
    private const long Mebibyte = 1024 * 1024;

    // A silo takes 140 MiB at rest, and half as much again for its first clients.
    private const long Least = 256 * Mebibyte;

    /// <inheritdoc/>
    public IEnumerable<Look> Looks => [Look.Of("memory", "give the container more, or lower Ingestion:Memory: docs/operate/memory.md", Examine)];

    private Diagnosis Examine()
    {
        using var cgroup = new Cgroup("/");
        var machine = MachineMemory.Read("/");
        var limit = cgroup.Read(anew: true).LimitBytes is > 0 and var most ? Math.Min(most, machine) : machine;
        var reserve = options.ToolReserveBytes(runsTools);
        var budget = BudgetRules.Budget(options.BudgetBytes, limit, reserve);
        var finding = $"a budget of {budget / Mebibyte} MiB, of a limit of {limit / Mebibyte} and {reserve / Mebibyte} for tools";
        return budget < Least ? Diagnosis.Wrong(finding) : budget < options.BudgetBytes ? Diagnosis.Warning(finding) : Diagnosis.Ok(finding);
    }
}
