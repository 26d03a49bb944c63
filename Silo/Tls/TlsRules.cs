using System.Net;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Tls;

/// <summary>Where silos may talk in the clear. Whatever reaches a silo's port can call every grain, and needs no token.</summary>
internal static class TlsRules
{
    /// <summary>Why the silo must not start; null when it may.</summary>
    public static string? Mistake(ClusterSettings cluster, SiloEndpoints silo)
    {
        if (!cluster.IsPostgres || cluster.Tls.IsOn || cluster.Tls.Disabled)
            return null;
        return new[] { silo.Advertised.Address, silo.Listen.Address }.FirstOrDefault(address => !IPAddress.IsLoopback(address)) is not { } open
            ? null
            : $"this silo would listen to others at {open} in the clear, and whatever reaches that port can call everything without a token: "
                + $"set {TlsSettings.Section}:{nameof(TlsSettings.Certificate)}, {nameof(TlsSettings.Key)} and {nameof(TlsSettings.Authority)}, "
                + $"or {TlsSettings.Section}:{nameof(TlsSettings.Disabled)}=true where only silos can reach it";
    }
}
