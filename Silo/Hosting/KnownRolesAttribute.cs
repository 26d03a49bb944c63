using System.ComponentModel.DataAnnotations;
using Ingestion.Silo.Settings;

namespace Ingestion.Silo.Hosting;

/// <summary>A list of roles, each of them known: a misspelt role would start a silo that does nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KnownRolesAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var known = string.Join(" and ", Roles.All);
        foreach (var role in Roles.Split(value as string))
        {
            if (role.Length == 0)
                return new ValidationResult($"Ingestion:Roles names no role. The known roles are {known}, separated by a comma.");
            if (!Roles.All.Contains(role))
                return new ValidationResult($"Ingestion:Roles names the unknown role '{role}'. Did you mean '{Nearest(role)}'? The known roles are {known}.");
        }

        return ValidationResult.Success;
    }

    private static string Nearest(string role) => Roles.All.MinBy(known => NearestName.Distance(role.ToUpperInvariant(), known.ToUpperInvariant()))!;
}
